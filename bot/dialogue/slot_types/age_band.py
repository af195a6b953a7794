"""An age bracket, chosen by its label, by an age or by a year of birth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.choice import Choice

_BORN = re.compile(
    r"(?<!\d)(?P<year>19\d\d|20\d\d|\d\d(?=年|后))(?:[年/.\-]|后)?(?P<month>\d{1,2})?"
)
_AGE = re.compile(
    r"(?:今年|周岁|虚岁|刚|才|快|我|都|[ ,，])*(?P<age>\d{1,3})(?:了|多|周岁)?[。!！]?"
)
_OLDEST = 120


@dataclass(frozen=True)
class AgeBand(Choice):
    """The options know ages («41岁»); a bare figure and a year of birth are made one first."""

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the bracket of what was said; the exact age is kept nowhere."""
        if found := self._named(text):
            return found
        if (age := _age(text, now)) is not None:
            named = self._named(f"{age}岁")
            return Found(named.value, (0, len(text)), 0.9) if named else None
        return super().answer(text, now)


def _age(text: str, now: datetime) -> int | None:
    if alone := _AGE.fullmatch(text.strip()):
        age = int(alone["age"])
        # A single figure may be the place of a button.
        return age if 9 < age < _OLDEST else None
    born = _BORN.search(text)
    if born is None:
        return None
    year = int(born["year"])
    if year < 100:
        year += 1900 if year > now.year % 100 else 2000
    age = now.year - year
    if born["month"] and int(born["month"]) > now.month:
        age -= 1
    return age if 0 < age < _OLDEST else None
