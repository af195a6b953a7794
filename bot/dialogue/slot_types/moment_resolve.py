"""Turn a phrase for time into a moment that is not in the future."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.dialogue.slot_types.moment_clock import TYPICAL, Clock, Part
from bot.dialogue.slot_types.moment_phrases import Phrase

FUTURE = "这个时间还没有到，请说一下事故实际发生的日期和时间。"
NO_SUCH_TIME = "没有这样的钟点，请按24小时制或“上午/下午几点”再说一次。"
_DAY = timedelta(days=1)
# Customers round: 九点半 said at 9:26 is now.
_ROUNDING = timedelta(minutes=10)
_PM = ("afternoon", "dusk", "evening")
_STARTS = {
    "dawn": 0,
    "early": 5,
    "forenoon": 8,
    "noon": 11,
    "afternoon": 12,
    "dusk": 17,
    "evening": 18,
    "night": 19,
}
Resolved = tuple[datetime | None, str | None]


def resolve(phrase: Phrase, now: datetime) -> Resolved:
    """Return the moment, or None and the sentence that says what is wrong."""
    if phrase.ago and not (phrase.ago.vague and (phrase.clock or phrase.part or phrase.day)):
        return (now - phrase.ago.before).replace(second=0, microsecond=0), None
    if phrase.day and phrase.day.date is None:
        return None, phrase.day.problem
    if phrase.clock:
        return _clock_time(phrase, phrase.clock, now)
    return _vague_time(phrase, now)


def _at(day: date, hour: int, minute: int, now: datetime) -> datetime:
    """Return the moment; hour 24 and later is the next day."""
    midnight = datetime.combine(day, time(0), tzinfo=now.tzinfo)
    return midnight + timedelta(hours=hour, minutes=minute)


def _hours(clock: Clock, part: Part | None) -> tuple[int, ...]:
    """Return the hours a clock time may mean within its day, 24 and later being the next."""
    hour = clock.hour
    if hour > 12 or part is None:
        both = not clock.exact and 0 < hour <= 12 and part is None
        return (hour % 12, hour % 12 + 12) if both else (hour,)
    if part.name == "noon":
        return (hour + 12 if hour < 10 else hour,)
    if part.name in ("evening", "night"):
        return _night_hours(hour)
    if part.name in _PM:
        return (hour + 12 if hour < 12 else hour,)
    return (hour % 12 if part.name == "dawn" else hour,)


def _night_hours(hour: int) -> tuple[int, ...]:
    """昨晚两点 is after midnight; 今天半夜两点 may also be the night that has passed."""
    if hour >= 5 and hour != 12:
        return (hour + 12,)
    return (hour % 12, hour % 12 + 24)


def _clock_time(phrase: Phrase, clock: Clock, now: datetime) -> Resolved:
    if clock.hour > 24 or clock.minute > 59:
        return None, NO_SUCH_TIME
    hours = _hours(clock, phrase.part)
    if phrase.day and phrase.day.date and phrase.part is None and phrase.day.date < now.date():
        hours = _daytime(hours)
    base = [phrase.day.date] if phrase.day and phrase.day.date else [now.date(), now.date() - _DAY]
    minute = clock.minute + clock.shift
    options = [_at(day, hour, minute, now) for day in base for hour in hours]
    past = [option for option in options if option <= now + _ROUNDING]
    if not past:
        return None, FUTURE
    return min(max(past), now).replace(second=0, microsecond=0), None


def _daytime(hours: tuple[int, ...]) -> tuple[int, ...]:
    """昨天三点 is the afternoon and 昨天九点 the morning: when people are on the road."""
    if len(hours) == 1:
        return hours
    return (hours[0] if 7 <= hours[0] <= 11 else hours[1] if hours[0] else 12,)


def _vague_time(phrase: Phrase, now: datetime) -> Resolved:
    """Return the typical hour of a day or part of a day, not later than now."""
    day = phrase.day.date if phrase.day and phrase.day.date else None
    part = phrase.part
    hour, minute = TYPICAL[part.name] if part else (12, 0)
    if part and part.word == "晚上" and day and now.date() - day >= 2 * _DAY:
        hour, minute = 21, 0
    if day is None:
        today = _at(now.date(), hour, minute, now)
        return (today if today <= now else today - _DAY), None
    started = _at(day, _STARTS[part.name] if part else 0, 0, now)
    if started > now:
        return _last_night(day, part, now)
    return min(_at(day, hour, minute, now), now).replace(second=0, microsecond=0), None


def _last_night(day: date, part: Part | None, now: datetime) -> Resolved:
    """今天夜里, said in the morning, is the night before."""
    if part and part.name == "night" and day == now.date() and now.hour < 12:
        return _at(day, 0, 0, now) + (now - _at(day, 0, 0, now)) / 4, None
    return None, FUTURE
