"""Photos are known by their bytes, and broken ones are no photos."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from bot.media import image_ending


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _whole(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), (200, 10, 10)).save(out, kind)
    return out.getvalue()


_HEAD = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
BROKEN = {
    "a PNG without image data": _HEAD + _chunk(b"IEND", b""),
    "a PNG that breaks off": _HEAD,
    "a PNG whose data is no data": _HEAD + _chunk(b"IDAT", b"xx") + b"IEND",
    "a head only": b"\x89PNG\r\n\x1a\n",
    "words": b"hello",
    "nothing": b"",
    "half a GIF": b"GIF89a\x01",
    "a WebP of no size": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
}


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif")])
def test_a_photo_is_known_by_its_bytes(kind: str, ending: str) -> None:
    """The ending follows from the content, whatever the file was called."""
    assert image_ending(_whole(kind)) == ending


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_no_photo(data: bytes) -> None:
    """A file that breaks off or lies about itself is refused, never an error of ours."""
    assert image_ending(data) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_no_cut_of_a_photo_is_an_error(kind: str) -> None:
    """Wherever a transfer breaks off, there is an answer."""
    whole = _whole(kind)
    for end in range(0, len(whole), 7):
        assert image_ending(whole[:end]) in {None, "png", "jpg", "gif", "webp"}
