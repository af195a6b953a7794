"""The day somebody was born: figures, Chinese numerals, two-digit years, an identity number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.chinese_numbers import integer, spoken
from bot.dialogue.slot_types.identity import identity_number

_N = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_SPOKEN = "零〇一二三四五六七八九"
_WRITTEN = re.compile(
    rf"(?<![\d{_SPOKEN}])(\d{{4}}|\d{{2}}|[{_SPOKEN}]{{4}}|[{_SPOKEN}]{{2}})年"
    r"(?:的|农历|阴历|阳历|公历)*"
    rf"{_N}月(?:初|份)?{_N}[日号]?"
)
_FIGURES = re.compile(r"(?<![\d.])(\d{4}|\d{2})[-/. ](\d{1,2})[-/. ](\d{1,2})(?![\d.])")
_ROW = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_CUE = re.compile(r"生日|出生|生于|生的|生人")
_LUNAR = re.compile(r"农历|阴历|月初[一二三四五六七八九十]|腊月|正月|冬月")
_OLDEST = 120
_NO_SUCH_DAY = "没有这一天，请把出生日期再核对一下，比如1985年3月2日。"
_NOT_BORN = "这个出生日期不对，请再核对一下，比如1985年3月2日。"
_BY_THE_SUN = "请按身份证上的公历日期说，比如1985年3月2日。"


@dataclass(frozen=True)
class Birthday:
    """A date of birth; unasked only where it is called one."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[date] | None:
        """Return the date said where birth is spoken of."""
        return self._read(text, now) if _CUE.search(text) else None

    def answer(self, text: str, now: datetime) -> Found[date] | None:
        """Return the date said, or that of an identity number given instead."""
        if found := self._read(text, now):
            return found
        card = identity_number.find(text, now)
        if card is None or card.value is None:
            return None
        return Found(date.fromisoformat(card.value[6:14]), card.span)

    def dump(self, value: date) -> Json:
        """Return the date in ISO format."""
        return value.isoformat()

    def load(self, raw: Json) -> date:
        """Return the date; raise ValueError for anything else."""
        return date.fromisoformat(str(raw))

    def show(self, value: date) -> str:
        """Return year, month and day."""
        return f"{value.year}年{value.month}月{value.day}日"

    def _read(self, text: str, now: datetime) -> Found[date] | None:
        match = _WRITTEN.search(text) or _FIGURES.search(text) or _ROW.search(text)
        if match is None:
            return None
        if _LUNAR.search(text):
            return Found(None, match.span(), problem=_BY_THE_SUN)
        year = _year(match[1], now.year)
        try:
            born = date(year, integer(match[2]) or 0, integer(match[3]) or 0)
        except ValueError:
            return Found(None, match.span(), problem=_NO_SUCH_DAY)
        if not now.year - _OLDEST <= born.year or born > now.date():
            return Found(None, match.span(), problem=_NOT_BORN)
        return Found(born, match.span(), 0.95 if len(match[1]) == 4 else 0.8)


def _year(said: str, this: int) -> int:
    """Return the year; 85年 is 1985, and 08年 is 2008 as long as that is not to come."""
    year = int(said) if said.isascii() else int(spoken(said))
    if len(said) > 2:
        return year
    return 2000 + year if 2000 + year <= this else 1900 + year


birthday = Birthday()
