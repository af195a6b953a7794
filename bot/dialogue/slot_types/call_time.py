"""When somebody wants to be called: a day and a time that lie ahead, or «in half an hour»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.chinese_numbers import integer
from bot.dialogue.slot_types.future_day import future_day

_N = r"(\d{1,2}|[一二两三四五六七八九十]{1,3})"
_PART = r"(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚|明晚|晚)?"
_CLOCK = re.compile(
    rf"{_PART}(?:的)?{_N}(?:点|时(?!候)|[:：])(?:(半)|(?:钟)?([0-5]?\d|[一二三四五]?十[一二三四五六七八九]?)?分?)"
)
_AFTER = re.compile(rf"(?:过|再过)?{_N}(?:个)?(半)?(小时|钟头|分钟|分)(?:以?后|之后)")
_HALF_HOUR = re.compile(r"半(?:个)?(?:小时|钟头)(?:以?后|之后)?")
# A part of the day without an hour: the hour from which it is.
_PARTS = (
    (re.compile(r"上午|早上|早晨"), 9), (re.compile(r"中午"), 12), (re.compile(r"下午"), 14),
    (re.compile(r"傍晚"), 17), (re.compile(r"晚上|今晚|明晚"), 19),
)  # fmt: skip
_TOMORROW_NIGHT = re.compile(r"明晚")
_PM = ("下午", "傍晚", "晚上", "今晚", "明晚", "晚")
_PAST = "这个时间已经过了，您看什么时候方便？比如“今天下午四点”“明天上午十点”。"
_NO_HOUR = "那天几点方便？比如“上午十点”“下午三点以后”。"


@dataclass(frozen=True)
class CallTime:
    """A moment ahead, to the minute."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[datetime] | None:
        """Return the moment that was named; None where only a day was, said unasked."""
        found = self.answer(text, now)
        return None if found is None or found.problem == _NO_HOUR else found

    def answer(self, text: str, now: datetime) -> Found[datetime] | None:
        """Return the moment, or what is missing of it."""
        if match := _AFTER.search(text) or _HALF_HOUR.search(text):
            return Found(_rounded(now + _span(match)), match.span(), 0.9)
        day = future_day.answer(text, now)
        if day is not None and day.problem:
            return Found(None, day.span, problem=day.problem)
        on = day.value if day and day.value else now.date()
        if _TOMORROW_NIGHT.search(text):
            on = now.date() + timedelta(days=1)
        hour, minute, span = _time(text)
        if hour is None:
            return Found(None, day.span, problem=_NO_HOUR) if day else None
        if hour > 23:
            return None
        at = now.replace(year=on.year, month=on.month, day=on.day, hour=hour, minute=minute,
                         second=0, microsecond=0)  # fmt: skip
        return Found(None, span, problem=_PAST) if at <= now else Found(at, span, 0.9)

    def dump(self, value: datetime) -> Json:
        """Return it in ISO format."""
        return value.isoformat()

    def load(self, raw: Json) -> datetime:
        """Return the moment; raise ValueError for anything else."""
        if not isinstance(raw, str):
            raise ValueError(f"a time in ISO format is needed, not {raw!r}")
        return datetime.fromisoformat(raw)

    def show(self, value: datetime) -> str:
        """Return month, day and time."""
        return f"{value.month}月{value.day}日 {value:%H:%M}"


def _time(text: str) -> tuple[int | None, int, tuple[int, int]]:
    """Return hour, minute and where they stand."""
    if match := _CLOCK.search(text):
        hour = integer(match[2]) or 0
        if match[1] in _PM and hour < 12:
            hour += 12
        # «三点» in an afternoon's talk is no three in the morning.
        if match[1] is None and 0 < hour < 8:
            hour += 12
        minute = 30 if match[3] else (integer(match[4]) or 0 if match[4] else 0)
        return hour, minute, match.span()
    for pattern, hour in _PARTS:
        if match := pattern.search(text):
            return hour, 0, match.span()
    return None, 0, (0, 0)


def _span(match: re.Match[str]) -> timedelta:
    if match.re is _HALF_HOUR:
        return timedelta(minutes=30)
    count = integer(match[1]) or 0
    if match[3].startswith("分"):
        return timedelta(minutes=count)
    return timedelta(hours=count, minutes=30 if match[2] else 0)


def _rounded(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


call_time = CallTime()
