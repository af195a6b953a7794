"""About how many people work somewhere: «八九个», «十几号人», «百十来人»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.chinese_numbers import integer
from bot.dialogue.slot_types.numbers import PeopleCount

_UNIT = r"(?:来|多)?(?:个|名|位|口|号)?(?:人|员工|伙计|工人)?"
_RANGE = re.compile(rf"([一二两三四五六七八九])([二三四五六七八九])(十|百)?{_UNIT}")
_SPAN = re.compile(rf"(\d{{1,4}})\s*(?:到|至|~|-|、)\s*\d{{1,4}}{_UNIT}")
_ABOUT = (
    (re.compile(rf"百十来?{_UNIT}|上百{_UNIT}|百来{_UNIT}"), 100),
    (re.compile(rf"十[几来]{_UNIT}"), 10),
    (re.compile(rf"几十{_UNIT}"), 20),
    (re.compile(rf"几个{_UNIT}"), 3),
    (re.compile(r"就我(?:自己|一个)?|没(?:有)?(?:雇人|员工)|光杆"), 1),
)
_TENS = {"十": 10, "百": 100, None: 1}


@dataclass(frozen=True)
class Headcount(PeopleCount):
    """A number of people; of a range, the lower end."""

    def answer(self, text: str, now: datetime) -> Found[int] | None:
        """Return the number; a range and a rough word are enough."""
        for pattern, count in _ABOUT:
            if match := pattern.search(text):
                return Found(count, match.span(), 0.8)
        if match := _SPAN.search(text):
            return Found(int(match[1]), match.span(), 0.9)
        if match := _RANGE.search(text):
            low = integer(match[1])
            return Found(low * _TENS[match[3]], match.span(), 0.8) if low else None
        return super().answer(text, now)


headcount = Headcount()
