"""Words for a day: relative, weekday, date, festival, some days ago."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.dialogue.slot_types.chinese_numbers import integer
from bot.dialogue.slot_types.festivals import FESTIVAL, festival_day, is_bare

_N = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_CN = "零一二两三四五六七八九十"
_FULL = re.compile(r"(?<![\dA-Za-z])(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?:[日号]|(?!\d))")
_MONTH_DAY = re.compile(
    rf"(?:(今|去|前|20\d\d)年)?(?<![\d{_CN}]){_N}月份?{_N}(?:[日号](?![楼线门院桥])"
    r"|(?![个天多\d.万千百块]))"
)
_THIS_MONTH = re.compile(rf"(上个?|这个?|本)月{_N}[日号]?")
_MONTH_END = re.compile(r"(上个?|这个?|本)?月(?:的)?最后一天")
# So many days that nobody can tell which: we ask.
_FUZZY = re.compile(
    r"(?:上个?|这个?|本)?月(?:底|末|初|头|中旬?|上旬|下旬)(?![一二三四五六七八九十\d])"
    r"|(?:上上?个?|这个?)周末|(?:前|头)(?:两|几|些)(?:天|日)(?!前)"
    r"|(?:今|去|前)年(?:\d{1,2}|[一二三四五六七八九十]{1,3})月份?(?![\d一二三四五六七八九十初])"
    r"|(?<![一二三四五六七八九十\d])好?几天(?:之|以)?前"
)
_NUMERIC = re.compile(
    r"(?<!\d:)(?<![\dA-Za-z.\-/])(\d{1,2})[-/](\d{1,2})(?![\d\-/.点时个万千百块元天米分公人岁楼])"
    r"|(?<![\dA-Za-z.\-/:])(\d{1,2})\.(\d{1,2})"
    r"(?=[日号]| \d{1,2}[:点]| ?(?:[上下]午|晚上|早上|凌晨|中午|傍晚|半夜))"
)
_DAY_OF_MONTH = re.compile(
    rf"(?<![\d{_CN}A-Za-z路道街里巷弄村园大厦座区栋楼门线工编第]){_N}[号日]"
    r"(?![楼线门院桥厅库口车位馆段地闸出入路码公柱牌店机井球病技文泵杆塔])(?:那天|当天)?"
)
_WEEKDAY = re.compile(
    r"(?<![一两二三四五六七八九十几每\d])(?:(大上|上上|上|这|本|下下|下)一?个?)?(?:周|礼拜"
    r"|星期)([一二三四五六日天1-6])"
    r"(?![年期个次岁\d])(?:那天)?"
)
_RELATIVE = re.compile(
    r"(?:大前|(?<![目之以提年空车])前|昨|今|大后|(?<![以之今往前])后|明)(?:天|日(?!后"
    r"|常)|儿个?|个儿?(?!月))(?!气)"
    r"|[昨今明](?=[早晚晨夜])|(?<![目之以提年空车])前(?=[晚夜])"
)
_OFFSETS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_DAYS_AGO = re.compile(
    r"(\d{1,3}|[一两俩二三四五六七八九十]{1,3})(?:来|多)?(?:天|个?(星期|礼拜|周"
    r"|月))(?:之|以)?前(?!后)"
)
# A yearless date this long ago is rather a slip about a day still to come.
_FORGOTTEN = timedelta(days=270)


@dataclass(frozen=True)
class Day:
    """A day said: None where no such day exists."""

    date: date | None
    span: tuple[int, int]
    problem: str | None = None


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _missing(match: re.Match[str]) -> Day:
    return Day(None, match.span(), f"没有“{match.group()}”这一天，请核对日期后再说一次。")


def _dated(match: re.Match[str], year: int | None, month: int, day: int, today: date) -> Day:
    """Return the date; without a year, the latest one that is not in the future."""
    this = _on(year or today.year, month, day)
    if this is None:
        this = None if year else _on(today.year - 1, month, day)
        return Day(this, match.span()) if this else _missing(match)
    if year is None and this > today:
        last = _on(today.year - 1, month, day)
        this = last if last and today - last <= _FORGOTTEN else this
    return Day(this, match.span())


def _full(match: re.Match[str], today: date) -> Day:
    return _dated(match, int(match[1]), int(match[2]), int(match[3]), today)


def _month_day(match: re.Match[str], today: date) -> Day:
    years = {"今": today.year, "去": today.year - 1, "前": today.year - 2}
    year = years.get(match[1]) or int(match[1]) if match[1] else None
    return _dated(match, year, integer(match[2]) or 0, integer(match[3]) or 0, today)


def _this_month(match: re.Match[str], today: date) -> Day:
    month = today.replace(day=1)
    if match[1].startswith("上"):
        month = (month - timedelta(days=1)).replace(day=1)
    return _dated(match, month.year, month.month, integer(match[2]) or 0, today)


def _month_end(match: re.Match[str], today: date) -> Day:
    """Return the last day of a month: without its name, of the last one that is over."""
    first = today.replace(day=1)
    tomorrow = today + timedelta(days=1)
    over = tomorrow.month != today.month and not (match[1] or "").startswith("上")
    return Day(today if over else first - timedelta(days=1), match.span())


def _fuzzy(match: re.Match[str], today: date) -> Day:
    return Day(None, match.span(), f"请告诉我“{match.group()}”具体是几月几日。")


def _numeric(match: re.Match[str], today: date) -> Day | None:
    month, day = int(match[1] or match[3]), int(match[2] or match[4])
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return _dated(match, None, month, day, today)


def _day_of_month(match: re.Match[str], today: date) -> Day:
    day = integer(match[1]) or 0
    this = _on(today.year, today.month, day)
    if this is None or this > today:
        last = today.replace(day=1) - timedelta(days=1)
        this = _on(last.year, last.month, day)
    return Day(this, match.span()) if this else _missing(match)


def _weekday(match: re.Match[str], today: date) -> Day:
    index = "一二三四五六日天123456".index(match[2])
    index = index - 8 if index > 7 else min(index, 6)
    weeks = {"上上": -2, "大上": -2, "上": -1, "下": 1, "下下": 2}.get(match[1] or "", 0)
    day = today + timedelta(days=index - today.weekday(), weeks=weeks)
    if match[1] is None and day > today:
        day -= timedelta(weeks=1)
    return Day(day, match.span())


def _relative(match: re.Match[str], today: date) -> Day:
    word = match.group()
    prefix = word[:2] if word[:2] in _OFFSETS else word[0]
    return Day(today + timedelta(days=_OFFSETS[prefix]), match.span())


def _days_ago(match: re.Match[str], today: date) -> Day:
    days = {"星期": 7, "礼拜": 7, "周": 7, "月": 30}.get(match[2] or "", 1)
    return Day(today - timedelta(days=days * (integer(match[1]) or 0)), match.span())


def _festival(match: re.Match[str], today: date) -> Day | None:
    if (day := festival_day(match, today)) or is_bare(match):
        return Day(day, match.span()) if day else None
    return Day(None, match.span(), f"请告诉我“{match.group()}”具体是几月几日。")


# The characters spare most messages most of the patterns.
_Reader = tuple[str, re.Pattern[str], Callable[[re.Match[str], date], Day | None]]
_READERS: tuple[_Reader, ...] = (
    ("-/.年", _FULL, _full),
    ("月", _MONTH_DAY, _month_day),
    ("月", _THIS_MONTH, _this_month),
    ("月", _MONTH_END, _month_end),
    ("前", _DAYS_AGO, _days_ago),
    ("月周天日年", _FUZZY, _fuzzy),
    ("节一元国庆清端中春圣安旦初正宵除三", FESTIVAL, _festival),
    ("周礼星", _WEEKDAY, _weekday),
    ("天日儿个早晚夜晨", _RELATIVE, _relative),
    ("-/.", _NUMERIC, _numeric),
    ("号日", _DAY_OF_MONTH, _day_of_month),
)


def days(text: str, today: date) -> Iterator[Day]:
    """Yield every day named; a part of the text is read once, by the most specific reader."""
    said = set(text)
    for characters, pattern, reader in _READERS:
        if said.isdisjoint(characters):
            continue
        taken: list[tuple[int, int]] = []
        for match in pattern.finditer(text):
            if day := reader(match, today):
                taken.append(match.span())
                yield day
        for start, end in taken:
            text = text[:start] + "\0" * (end - start) + text[end:]
