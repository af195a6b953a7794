"""Festivals customers name instead of a date."""

from __future__ import annotations

import re
from datetime import date, timedelta

# (spring festival, 清明, 端午, 中秋) of each year, from the calendar of the Purple Mountain
# Observatory; other years are unknown on purpose, so that nothing is guessed.
_LUNAR = {
    2024: ("02-10", "04-04", "06-10", "09-17"),
    2025: ("01-29", "04-04", "05-31", "10-06"),
    2026: ("02-17", "04-05", "06-19", "09-25"),
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
}
_MOVABLE = ("春节", "清明", "端午", "中秋")
_FIXED = {
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "三八节": (3, 8), "五一": (5, 1),
    "劳动节": (5, 1), "五四": (5, 4), "儿童节": (6, 1), "六一": (6, 1), "教师节": (9, 10),
    "国庆": (10, 1), "十一": (10, 1), "双十一": (11, 11), "光棍节": (11, 11), "平安夜": (12, 24),
    "圣诞": (12, 25),
}  # fmt: skip
_NEW_YEAR_DAYS = {
    day: offset
    for offset, day in enumerate(
        ("初一", "初二", "初三", "初四", "初五", "初六", "初七", "初八", "初九", "初十")
    )
} | {"十五": 14, "元宵": 14}
_NTH = r"(?:节?(?:假期|放假)?第([一二三四五六七八1-8])天)?"
FESTIVAL = re.compile(
    r"(?:(双十一|十一(?=节?当天|那天|节?假期|长假|放假|黄金周|第[一二三四五六七]天|[上下]午"
    r"|晚上|早上|中午|凌晨)"
    r"|五一(?![路街道里\d])|国庆(?![路街道里])|元旦|情人节|妇女节|三八节|劳动节|儿童节"
    r"|六一(?![路街道里\d])"
    r"|教师节|光棍节|平安夜|圣诞|春节|清明(?![路街道里])|端午|中秋)"
    + _NTH
    + r"(?:佳?节)?(?:当天|那天)?"
    r"|(?:大年|正月)?(?:(?<![上念读])(初[一二三四五六七八九十])(?![中年级班学生])"
    r"|(?<=正月)(十五)|(元宵)节?)"
    r"(?:那天|当天)?|(?:大?年三十儿?|三十儿?(?=晚上|那天)|除夕)(?:那天|当天)?)"
    r"(?:的?(?:(?P<before>[前头]一天)|(?P<behind>后一天|第二天|转天)))?"
)
_PERIOD = re.compile(r"节?(?:期间|假期|长假|黄金周|放假|前后|前|后)")
# 初一 without 正月 means New Year only for a while after it.
_SEASON = timedelta(days=45)


def _movable(name: str, year: int) -> date | None:
    days = _LUNAR.get(year)
    if days is None:
        return None
    return date.fromisoformat(f"{year}-{days[_MOVABLE.index(name)]}")


def _in_year(match: re.Match[str], year: int) -> date | None:
    """Return the day the words mean in ``year``."""
    name, nth = match[1], match[2]
    after = timedelta(
        days="一二三四五六七八".find(nth) if nth and not nth.isdigit() else int(nth or 1) - 1
    )
    if name in _FIXED:
        month, day = _FIXED[name]
        return date(year, month, day) + after
    if name:
        festival = _movable(name, year)
        return festival + after if festival else None
    spring = _movable("春节", year)
    offset = _NEW_YEAR_DAYS.get(match[3] or match[4] or match[5], -1)
    return spring + timedelta(days=offset) if spring else None


def is_bare(match: re.Match[str]) -> bool:
    """Tell whether only 初几 was said, which may also be a school form."""
    return bool(match[3]) and not match.group().startswith(("大年", "正月"))


def festival_day(match: re.Match[str], today: date) -> date | None:
    """Return the last such day up to ``today``; None where it is unknown or only a period."""
    if not match[2] and _PERIOD.match(match.string, match.end()):
        return None
    before = match.string[max(0, match.start() - 2) : match.start()]
    ago = ("今年", "去年", "前年").index(before) if before in ("今年", "去年", "前年") else None
    years = (today.year, today.year - 1) if ago is None else (today.year - ago,)
    shift = timedelta(days=bool(match["behind"]) - bool(match["before"]))
    days = (day + shift for year in years if (day := _in_year(match, year)))
    past = [day for day in days if day <= today]
    if not past:
        return None
    return None if is_bare(match) and today - past[0] > _SEASON else past[0]
