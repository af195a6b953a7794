"""The day on which a cover is to begin: today or later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.chinese_numbers import integer

_N = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
_FULL = re.compile(r"(20\d{2})[年/.\-](\d{1,2})[月/.\-](\d{1,2})[日号]?")
_MONTH_DAY = re.compile(rf"{_N}月{_N}[日号]?|(?<!\d)(\d{{1,2}})[/.](\d{{1,2}})(?!\d)")
_NEXT_MONTH = re.compile(rf"下个?月{_N}[日号]?|下个?月初")
_DAY = re.compile(rf"(?<!月)(?<!\d){_N}[号日](?!楼|院|线)")
_WEEKDAY = re.compile(r"(下下|下|这|本)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_AFTER = re.compile(rf"(?:过|再过)?{_N}(天|周|个?星期)(?:以?后|之后)?")
_WORDS = (
    (re.compile(r"大前[天儿日]"), -3),
    (re.compile(r"前[天儿日]"), -2),
    (re.compile(r"昨[天儿日晚早夜]"), -1),
    (re.compile(r"大后天"), 3),
    (re.compile(r"后天"), 2),
    (re.compile(r"明[天儿日早晚晨夜]|次日|第二天"), 1),
    (re.compile(r"今[天儿日早晚晨夜]|当天|现在|马上|立刻|立即"), 0),
    (re.compile(r"越快越好|尽快|最快|赶紧|随时|都行|都可以|早点"), 1),
)
_WEEK = "一二三四五六日"
_NAMES_A_DAY = re.compile(r"[月号日天周儿]|星期|礼拜")
_AROUND = re.compile(
    r"(?:我?想|我?要|就|从|那|打算|最好|起保日?|生效|日期|时间|是|定在?|[ ,，:：])*"
)
_BEHIND = re.compile(r"(?:起保?|生效|开始保?|起期|吧|呢|可以吗|行吗|行不行|[ 。!！?？])*")
_CUED = re.compile(r"\s*(?:起保|生效|开始(?:保|生效)|起期)")
_PAST = "这个日子已经过了，起保日不能早于今天。想从哪天开始？"
NO_SUCH_DAY = "没有这一天，请再核对一下，比如“12月1日”或“明天”。"


@dataclass(frozen=True)
class FutureDay:
    """A calendar day; one that is past or does not exist is a problem."""

    volunteered: bool = False
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[date] | None:
        """Return a day said unasked where it is all that was said, or said to be the beginning."""
        found = self.answer(text, now) if self.volunteered else None
        if found is None:
            return None
        start, end = found.span
        if not _NAMES_A_DAY.search(text, start, end):
            return None  # «尽快», «3.5» may be about anything
        alone = _AROUND.fullmatch(text, 0, start) and _BEHIND.fullmatch(text, end)
        return found if alone or _CUED.match(text, end) else None

    def answer(self, text: str, now: datetime) -> Found[date] | None:
        """Return the day that was said."""
        today = now.date()
        for read in (_full, _next_month, _month_day, _weekday, _word, _after, _bare_day):
            if found := read(text, today):
                return found
        return None

    def dump(self, value: date) -> Json:
        """Return the day in ISO format."""
        return value.isoformat()

    def load(self, raw: Json) -> date:
        """Return the day; raise ValueError for anything else."""
        if not isinstance(raw, str):
            raise ValueError(f"a day in ISO format is needed, not {raw!r}")
        return date.fromisoformat(raw)

    def show(self, value: date) -> str:
        """Return year, month, day and weekday."""
        return f"{value.year}年{value.month}月{value.day}日（周{_WEEK[value.weekday()]}）"


def _found(match: re.Match[str], day: date | None, today: date) -> Found[date]:
    if day is None:
        return Found(None, match.span(), problem=NO_SUCH_DAY)
    if day < today:
        return Found(None, match.span(), problem=_PAST)
    return Found(day, match.span(), 0.9)


def _day(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _full(text: str, today: date) -> Found[date] | None:
    match = _FULL.search(text)
    return match and _found(match, _day(*map(int, match.groups())), today)


def _month_day(text: str, today: date) -> Found[date] | None:
    """A month that is over means next year's: «1月3号» said in December."""
    match = _MONTH_DAY.search(text)
    if match is None:
        return None
    month, day = integer(match[1] or match[3]), integer(match[2] or match[4])
    this = _day(today.year, month, day)
    if this and this < today - timedelta(days=60):
        this = _day(today.year + 1, month, day)
    return _found(match, this, today)


def _next_month(text: str, today: date) -> Found[date] | None:
    match = _NEXT_MONTH.search(text)
    if match is None:
        return None
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    return _found(match, _day(year, month, integer(match[1]) if match[1] else 1), today)


def _weekday(text: str, today: date) -> Found[date] | None:
    match = _WEEKDAY.search(text)
    if match is None:
        return None
    weeks = {"下下": 2, "下": 1}.get(match[1] or "", 0)
    wanted = "日" if match[2] == "天" else match[2]
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(weeks=weeks, days=_WEEK.index(wanted))
    if not match[1] and day < today:
        day += timedelta(weeks=1)
    return _found(match, day, today)


def _word(text: str, today: date) -> Found[date] | None:
    for pattern, days in _WORDS:
        if match := pattern.search(text):
            return _found(match, today + timedelta(days=days), today)
    return None


def _after(text: str, today: date) -> Found[date] | None:
    match = _AFTER.search(text)
    if match is None or (count := integer(match[1])) is None:
        return None
    days = count if match[2] == "天" else 7 * count
    return _found(match, today + timedelta(days=days), today)


def _bare_day(text: str, today: date) -> Found[date] | None:
    """«25号» is this month's, or next month's once it is over."""
    match = _DAY.search(text)
    if match is None:
        return None
    day = _day(today.year, today.month, integer(match[1]))
    if day and day < today:
        year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
        day = _day(year, month, integer(match[1]))
    return _found(match, day, today)


future_day = FutureDay()
day_said_early = FutureDay(volunteered=True)
