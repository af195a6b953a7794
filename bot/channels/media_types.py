"""Tells media formats by their first bytes; names and headers are never believed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.message import Kind


@dataclass(frozen=True, slots=True)
class Format:
    """A media format: its kind and its file ending."""

    kind: Kind
    ending: str


_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", Format("image", ".jpg")),
    (b"\x89PNG\r\n\x1a\n", Format("image", ".png")),
    (b"GIF87a", Format("image", ".gif")),
    (b"GIF89a", Format("image", ".gif")),
    (b"#!AMR", Format("voice", ".amr")),
    (b"ID3", Format("voice", ".mp3")),
    (b"OggS", Format("voice", ".spx")),
    (b"Speex   ", Format("voice", ".spx")),
    (b"%PDF-", Format("file", ".pdf")),
)
_OPUS = Format("voice", ".ogg")
_WEBP = Format("image", ".webp")
_MP3 = Format("voice", ".mp3")
_MP4 = Format("video", ".mp4")


def ending_of(content: bytes) -> Format | None:
    """Return the format of ``content``, None when it is none that customers can send."""
    if content.startswith(b"OggS") and b"OpusHead" in content[:64]:
        return _OPUS
    for start, form in _STARTS:
        if content.startswith(start):
            return form
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _WEBP
    if content[4:8] == b"ftyp":
        return _MP4
    return _MP3 if _is_mpeg_frame(content) else None


def _is_mpeg_frame(content: bytes) -> bool:
    """Recognise an MP3 without tags: eleven set bits, then layer III."""
    return len(content) > 2 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2
