"""A sum of money in fen, heard unasked only behind words of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from bot.dialogue import words
from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.numbers import money

_FEN = 100
_ABOUT = re.compile(words.ABOUT_SO_MUCH)
_BETWEEN = 8  # characters between the word and the sum: «损失大概有个两万»


@dataclass(frozen=True)
class Fen:
    """A sum; ``cue`` are the words before it, a sum without a unit counts only when asked for."""

    cue: str
    volunteered: bool = field(default=True)
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[int] | None:
        """Return the first sum that stands close behind one of its words."""
        for match in re.finditer(self.cue, text):
            start = match.end()
            found = money.find(text[start : start + _BETWEEN * 3], now)
            if found and found.value is not None and found.span[0] <= _BETWEEN:
                span = (match.start(), start + found.span[1])
                return Found(found.value * _FEN, span, 0.85)
        return self._about(text, now)

    def _about(self, text: str, now: datetime) -> Found[int] | None:
        """Return a sum that is said to be about so much: «三万左右»."""
        about = _ABOUT.search(text)
        found = money.find(text[: about.end(1)], now) if about else None
        if about is None or found is None or found.value is None or found.span[1] < about.end(1):
            return None
        return Found(found.value * _FEN, found.span, 0.8)

    def answer(self, text: str, now: datetime) -> Found[int] | None:
        """Return the first sum; a bare number is yuan."""
        found = self.find(text, now) or money.answer(text, now)
        if found is None or found.value is None or found.confidence < 0.9:
            return found
        return Found(found.value * _FEN, found.span, found.confidence)

    def dump(self, value: int) -> Json:
        """Return the fen."""
        return value

    def load(self, raw: Json) -> int:
        """Return the fen; raise ValueError for anything else."""
        return money.load(raw)

    def show(self, value: int) -> str:
        """Return the sum in yuan."""
        return money.show(value // _FEN)
