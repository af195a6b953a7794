"""The font of our documents, and what it can show."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

FONT = Path(__file__).parent / "fonts" / "NotoSansCJKsc-GBK.otf"
UNKNOWN = "〓"


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    """Return the characters that the font has; read once per process."""
    # Not at the top: whoever never prints need not load what reads fonts.
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - loaded with the first print

    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def printable(text: str) -> str:
    """Return ``text`` with what the font cannot show replaced by a visible mark."""
    return "".join(c if c == "\n" or ord(c) in _known() else UNKNOWN for c in text)
