"""Photos and other files of customers: checked by their bytes, stored outside any web root."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

_ENDINGS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
_MIME = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}
_MAX_PIXELS = 60_000_000
# What Pillow raises at a broken file: a PNG without image data is a LookupError to it.
_BROKEN = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


class MediaStore:
    """Files below ``folder``, one sub-folder per owner, named by their content."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder = folder
        self.max_bytes = max_bytes

    def save(self, owner: str, data: bytes, ending: str) -> str:
        """Store bytes and return their path below the folder; the same bytes are one file."""
        name = f"{hashlib.sha256(data).hexdigest()[:32]}.{ending}"
        place = self.folder / _folder_of(owner)
        place.mkdir(parents=True, exist_ok=True)
        target = place / name
        if not target.exists():
            part = target.with_suffix(".part")
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                # «照片收到了» is a promise: it must hold through a power cut.
                os.fsync(file.fileno())
            part.rename(target)
        return f"{place.name}/{name}"

    def read(self, owner: str, name: str) -> tuple[bytes, str] | None:
        """Return bytes and MIME type of an owner's file; None for anything else."""
        mime = _MIME.get(name.rpartition(".")[2])
        path = self.folder / _folder_of(owner) / Path(name).name
        return (path.read_bytes(), mime) if mime and path.is_file() else None


def stored(folder: Path, path: str) -> tuple[bytes, str] | None:
    """Return bytes and MIME type of what ``save`` called ``path``; None for anything else."""
    mime = _MIME.get(path.rpartition(".")[2])
    file = (folder / path).resolve()
    inside = file.is_relative_to(folder.resolve())
    return (file.read_bytes(), mime) if mime and inside and file.is_file() else None


def image_ending(data: bytes) -> str | None:
    """Return the file ending that fits the image's own bytes; None when it is not an image."""
    try:
        with Image.open(BytesIO(data)) as image:
            if image.width * image.height > _MAX_PIXELS:
                return None
            image.verify()
            return _ENDINGS.get(image.format or "")
    except _BROKEN:
        return None


def _folder_of(owner: str) -> str:
    """An owner's name comes from outside, so only its hash becomes a path."""
    return hashlib.sha256(owner.encode()).hexdigest()[:24]
