"""When somebody wants to be called: a day and a time that lie ahead, or «in half an hour».

A time of today that is over is returned as it was said: whoever asked says what comes of it.
Clock times and parts of the day are read as for an accident, the day as for a cover; only which
hour is meant is decided here, for there the time is past and here it lies ahead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.dialogue.slot_types import call_aside
from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.chinese_numbers import integer
from bot.dialogue.slot_types.future_day import NO_SUCH_DAY, future_day
from bot.dialogue.slot_types.moment_clock import Clock, Part, clocks, parts
from bot.dialogue.slot_types.plain import blank

_N = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
_AFTER = re.compile(
    rf"(?:再?过)?(?<![\d.一二两三四五六七八九十]){_N}(\.5)?个?(半)?(小时|钟头|分钟?|刻钟)(?:以?后|之后)"
)
_HALF_HOUR = re.compile(r"半个?(?:小时|钟头)(?:以?后|之后)?")
_UNITS = {"小": 60, "钟": 60, "分": 1, "刻": 15}
# «晚一点再打» is no hour; «下午3.30» is one, and no day in March.
_A_BIT = re.compile(
    r"(?<![今明昨前后天])[早晚快慢迟]一?点儿?(?![钟半整\d零一二两三四五六七八九十])"
)
_DOTTED = re.compile(r"(?<=[午上晚早晨])(\d{1,2})[.](?=[0-5]\d(?!\d))")
_ONE = re.compile(r"(?<![有早晚快慢迟差多少第十零〇二\d])一点(?=钟|[半整吧左前后以之再打给回]|$)")
# What was said before these words does not hold any more.
_RATHER = re.compile(r"不行|不方便|不在|没空|改[到成为]|换[到成]|挪到|推到|不是|不对")
# A part of the day without an hour: the hours from which and until which it is.
_PARTS = {
    "dawn": (0, 6), "early": (9, 11), "forenoon": (9, 12), "noon": (12, 14),
    "afternoon": (14, 18), "dusk": (17, 19), "evening": (19, 24), "night": (22, 24),
}  # fmt: skip
_NIGHT = ("evening", "night")
_PM = ("afternoon", "dusk")
_NOON, _MIDNIGHT = 12, 24
_FIRST_OF_NIGHT = 5  # «晚上五点» is before midnight, «晚上四点» after it
_OFFICE_FROM = 8  # «三点» in an afternoon's talk is no three in the morning
_ANY_TIME = re.compile(
    r"尽快|随时|现在|马上|立刻|越快越好|(?:什么|啥)时候都|几点都|都(?:行|可以|方便)"
)
_DAY_PAST = "那天已经过了。"
_HOUR_OPEN = "好的。"  # the hour is asked for next
_ANY = "好的，给个大概的时间就行。"
_ONLY_ASKED = (_HOUR_OPEN, _ANY, call_aside.WAITED, call_aside.BUSY)


@dataclass(frozen=True)
class CallTime:
    """A moment ahead, to the minute."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[datetime] | None:
        """Return the moment that was named; None where only a day was, said unasked."""
        found = self.answer(text, now)
        return None if found is not None and found.problem in _ONLY_ASKED else found

    def answer(self, text: str, now: datetime) -> Found[datetime] | None:
        """Return the moment, or what is missing of it."""
        text, aside = call_aside.without(_plain(text), now)
        found = self._wished(text, now)
        return found or (Found(None, (0, len(text)), problem=aside) if aside else None)

    def _wished(self, text: str, now: datetime) -> Found[datetime] | None:
        if match := _AFTER.search(text) or _HALF_HOUR.search(text):
            return Found((now + _span(match)).replace(second=0, microsecond=0), match.span(), 0.9)
        day = _day(text, now)
        if day is not None and day.problem:
            such = day.problem == NO_SUCH_DAY
            return Found(None, day.span, problem=NO_SUCH_DAY if such else _DAY_PAST)
        clock, part = _said(text)
        if clock is None:
            return _vague(part, day, now) or _soon(text)
        if clock.hour > _MIDNIGHT or clock.minute > 59:
            return None
        at = _ahead(clock, part, day.value if day else None, now)
        span = _joined(clock.span, part.span if part else None, day.span if day else None)
        return Found(at, span, 0.9)

    def day(self, text: str, now: datetime) -> date | None:
        """Return the day that ``text`` names, with an hour or without one."""
        text, _ = call_aside.without(_plain(text), now)
        if match := _AFTER.search(text) or _HALF_HOUR.search(text):
            return (now + _span(match)).date()
        if (named := _day(text, now)) is not None:
            return named.value
        found = self.answer(text, now)
        return now.date() if found is not None and found.problem == _HOUR_OPEN else None

    def on(self, day: date, text: str, now: datetime) -> datetime | None:
        """Return what ``text``, which names no day, means on a day that was named before."""
        found = self.answer(f"{day.month}月{day.day}日{text}", now)
        return found.value if found is not None else None

    def other_half(self, text: str, at: datetime, now: datetime) -> datetime | None:
        """Return the next moment ``text`` means as well as ``at``: «十点» is of either half day."""
        text, _ = call_aside.without(_plain(text), now)
        clock, part = _said(text)
        if clock is None or part is not None or clock.exact or not 0 < clock.hour <= _NOON:
            return None
        return at + timedelta(hours=_NOON) if _day(text, now) is None else None

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


def _day(text: str, now: datetime) -> Found[date] | None:
    """Return the day that is named; «尽快», «随时» name none."""
    day = future_day.answer(text, now)
    return day if day is not None and call_aside.NAMES_A_DAY.search(text, *day.span) else None


def _plain(text: str) -> str:
    """Return the text, as long as it was, with what looks like a time and is none taken out."""
    text = _A_BIT.sub(lambda match: "\0" * len(match.group()), text)
    return _ONE.sub("1点", _DOTTED.sub(r"\1:", text))


def _said(text: str) -> tuple[Clock | None, Part | None]:
    """Return the clock time that holds, and the part of the day that goes with it."""
    since = max((match.end() for match in _RATHER.finditer(text)), default=0)
    found = sorted(clocks(call_aside.apart(text)), key=lambda clock: clock.span)
    clock = next((one for one in found if one.span[0] >= since), found[0] if found else None)
    named = [*parts(blank(text, *(one.span for one in found)))]
    if clock is None:
        return None, next((p for p in named if p.span[0] >= since), named[0] if named else None)
    before = [part for part in named if part.span[1] <= clock.span[0]]
    return clock, before[-1] if before else named[0] if named else None


def _vague(part: Part | None, day: Found[date] | None, now: datetime) -> Found[datetime] | None:
    """Return the hour from which a part of the day is; while it lasts only the customer knows."""
    if part is None:
        return Found(None, day.span, problem=_HOUR_OPEN) if day else None
    first, last = _PARTS[part.name]
    on = day.value if day and day.value else now.date()
    at = _at(on, first, 0, now)
    span = _joined(part.span, day.span if day else None)
    if at <= now < _at(on, last, 0, now):
        return Found(None, span, problem=_HOUR_OPEN)
    return Found(at, span, 0.9)


def _soon(text: str) -> Found[datetime] | None:
    """Hear that any time will do: the hour is still asked for."""
    match = _ANY_TIME.search(text)
    return Found(None, match.span(), problem=_ANY) if match else None


def _at(on: date, hour: int, minute: int, now: datetime) -> datetime:
    """Return the moment; hour 24 and later is the next day."""
    return datetime.combine(on, time(0), tzinfo=now.tzinfo) + timedelta(hours=hour, minutes=minute)


def _ahead(clock: Clock, part: Part | None, on: date | None, now: datetime) -> datetime:
    """Return the moment meant; of a time that is over and may be of another half, that one."""
    minute = clock.minute + clock.shift
    hour = _hour(clock, part)
    at = _at(on or now.date(), hour, minute, now)
    if at <= now and on is None:
        if part is None and not clock.exact and 0 < hour < _NOON:
            return _at(now.date(), hour + 12, minute, now)
        if hour == 0 or (part is not None and part.name == "dawn"):
            return at + timedelta(days=1)
    return at


def _hour(clock: Clock, part: Part | None) -> int:
    """Return the hour of the day that is meant, 24 and later being the next day's."""
    hour = clock.hour
    if part is None:
        return hour + 12 if 0 < hour < _OFFICE_FROM and not clock.exact else hour
    if hour > _NOON:
        return hour
    if part.name in _NIGHT:
        late = hour in (0, _NOON) or hour < _FIRST_OF_NIGHT
        return hour % 12 + 24 if late else hour + 12
    if part.name in _PM or (part.name == "noon" and hour < 10):
        return hour + 12 if hour < _NOON else hour
    return hour % 12 if part.name == "dawn" else hour


def _joined(*spans: tuple[int, int] | None) -> tuple[int, int]:
    """Return the first span with those of the others that stand beside it."""
    start, end = spans[0] or (0, 0)
    for span in filter(None, spans[1:]):
        beside = 0 <= start - span[1] <= 1 or span[0] <= start < span[1]
        start = span[0] if beside else start
    return start, end


def _span(match: re.Match[str]) -> timedelta:
    if match.re is _HALF_HOUR:
        return timedelta(minutes=30)
    unit = _UNITS[match[4][0]]
    half = unit // 2 if match[2] or match[3] else 0
    return timedelta(minutes=(integer(match[1]) or 0) * unit + half)


call_time = CallTime()
