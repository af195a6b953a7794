"""Fold a customer's text into one spelling without moving a character.

Slot types report spans of the text the customer typed, so folding must keep every
position: full width becomes half width, traditional becomes simplified, upper case
stays (plates and policy numbers are upper case), and nothing is inserted or removed.
"""

from __future__ import annotations

import unicodedata

from opencc import OpenCC

_T2S = OpenCC("t2s")
_INVISIBLE = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
_MOST = 20_000  # about as many characters as customers will ever use


def _fold_character(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character)
    if len(narrow) != 1 or unicodedata.category(narrow) in ("Cs", "Cc", "Cf"):
        return character if character in "\n\t" or len(narrow) > 1 else " "
    simplified = str(_T2S.convert(narrow))
    return simplified if len(simplified) == 1 else narrow


class _Folded(dict[int, str]):
    """Each character's folded form, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _MOST:
            self[code] = folded
        return folded


_FOLDED = _Folded(dict.fromkeys(_INVISIBLE, " "))


def fold(text: str) -> str:
    """Return ``text`` folded; the result has exactly as many characters."""
    return text.translate(_FOLDED)
