"""Words for a time of day: clock times, parts of the day, and so many minutes ago."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.dialogue.slot_types.chinese_numbers import integer

_DIGIT = "零一二两三四五六七八九十"
_MEASURE = "个辆台人位名岁楼号路车轮块公里米次百千万元箱件层道条点"
_CLOCK = re.compile(
    rf"""
    (?:差(?P<before>[{_DIGIT}]{{1,3}}分|\d{{1,2}}分|一刻)钟?(?:就|到)?)?
    (?P<almost>不到|快到?|将近|接近)?
    (?:(?<![\d.:])(?:(?P<low>\d{{1,2}})[\-~、到至])?(?P<digits>\d{{1,2}})
      |(?<![第{_DIGIT}百千])(?P<words>二?十[一二三四五六七八九]?|[零一二两三四五六七八九])(?:、?[二两三四五六七八九])?)
    (?P<some>来|多)?
    (?:点(?!评|火|滴|赞|菜|单|名|儿|了)|时(?=\d|许|整|左右|[{_DIGIT}]|\s|$))钟?
    (?:过?(?P<minutes>\d{{1,2}}|[{_DIGIT}]{{1,3}})来?分(?!钟之?前)
      |[零〇过0](?P<few>[一二三四五六七八九1-9])(?![\d{_MEASURE}])
      |(?P<pair>[0-5]\d(?!\d)|[一二三四五]?十[一二三四五六七八九]?|[二三四五][一二三四五六七八九])(?![{_MEASURE}])
      |(?P<half>半)|(?P<quarter>[一三13])刻钟?
      |差(?P<after>[{_DIGIT}]{{1,3}}分|\d{{1,2}}分|一刻)|(?P<late>不到))?
    (?P<more>来钟|多钟?|过了?)?(?:左右|许|整|前后|的时候|那会儿?|那阵儿?)?
    """,
    re.VERBOSE,
)
_DIGITAL = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?!\d|:)"
    r"(?:[-~到至]\d{1,2}:\d\d)?(?:左右|许|前后)?"
)
_NOT_A_TIME = re.compile(
    r"[小大]?(?:意见|要求|建议|问题|原因|疑问|说明|责任|漆|皮|钱|伤|油|水|事|血|擦|蹭|剐"
    r"|刮|划|磕|印|痕|都|也|没)"
)
_TIMELY = re.compile(r"[午上晚夜晨里\0][ ]?$")
_AGO = re.compile(
    rf"(?:(?P<hours>\d{{1,2}}|[{_DIGIT}俩]{{1,3}})个?多?(?:小时|钟头)零?)?"
    rf"(?:(?P<few>好?几)|(?P<teens>十几)|(?P<half>半)|(?P<n>\d{{1,4}}"
    rf"|[{_DIGIT}俩仨]{{1,4}}))(?:来|多)?个?"
    r"(?P<plus>半)?(?:来|多)?(?:(?P<minute>分钟?)|(?P<quarter>刻钟?)|小时|钟头)"
    r"(?:左右|多)?(?:之|以)?前(?![车面杠门轮保脸挡头台盖])"
)
_NOW = re.compile(
    # «刚才那个地点错了», «刚才说的» point at what was said, not at the accident.
    r"(?:就在?)?(?:刚才|刚刚|方才|适才|才刚|将才|刚将)"
    r"(?!我?(?:(?:说|报|写|填|发|讲|留|登记)的?(?!警|案)|那个?(?:地点|地方|地址|位置|时间|车牌|车号|牌照|电话|手机|号码|名字|姓名)"
    r"|(?:地点|地址|位置|时间|车牌|电话|手机号?|名字|姓名)(?:我?[说写报填]|错|不对)))"
    r"|刚(?=[在从跟和把被让撞蹭剐刮碰追擦划砸出下开到过上给])"
)
_PARTS = {
    "dawn": "凌晨|拂晓|天没亮|天不亮|天还没亮|天蒙蒙亮",
    "early": (
        "天刚亮|天一亮|天刚蒙蒙亮|大早上|一大早|大清早|清早晨?|早起|早上|早晨|早间|清晨|早高峰|早班|一早"
        rf"|(?<=[今昨明天儿号日\0])[早晨]|早(?=[{_DIGIT}\d]{{1,3}}[点:])"
    ),
    "forenoon": "上午|头晌|前半?晌|午前",
    "noon": "大中午|中午|正午|晌午头?|午间|大晌午",
    "afternoon": "下午|后半?晌|过晌|午后|下半晌",
    "dusk": (
        "快下班|下班(?:那会儿|那阵儿?|的?时候|高峰)"
        "|傍晚|傍黑|擦黑儿?|天?刚?擦黑儿?|黄昏|傍晌|天刚黑|晚高峰|掌灯"
    ),
    "night": (
        "后半夜|下半夜|前半夜|大?半夜三更|大半夜|半夜|深夜|夜里|夜间|黑夜|黑下"
        "|(?<=[昨前今当天儿\0])夜(?!市)"
    ),
    "evening": (
        "大晚上|晚上|晚间|夜晚|晚黑|入夜|(?<=[今昨明前当天儿号日\0])晚(?!了|点)"
        f"|晚(?=[{_DIGIT}\\d]{{1,3}}[点:])"
    ),
}
_PART = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _PARTS.items()))
# The hour a part of the day stands for when no clock time is said.
TYPICAL = {
    "dawn": (3, 0), "early": (8, 0), "forenoon": (10, 0), "noon": (12, 30), "afternoon": (15, 0),
    "dusk": (18, 15), "evening": (20, 30), "night": (23, 30),
}  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """A time on the clock as said: ``exact`` if it cannot mean twelve hours later."""

    hour: int
    minute: int
    shift: int
    exact: bool
    span: tuple[int, int]


@dataclass(frozen=True)
class Part:
    """A part of the day."""

    name: str
    word: str
    span: tuple[int, int]


@dataclass(frozen=True)
class Ago:
    """So long before now; ``vague`` for 刚才, which other words may sharpen."""

    before: timedelta
    vague: bool
    span: tuple[int, int]


def _minute(match: re.Match[str]) -> int:
    if match["half"]:
        return 30
    if quarter := match["quarter"]:
        return 15 * (integer(quarter) or 0)
    said = match["minutes"] or match["few"] or match["pair"]
    return (integer(said) or 0) if said else 0


def _shift(match: re.Match[str]) -> int:
    """Return the minutes that 差五分, 不到, 多 and 来钟 move the time by."""
    if before := match["before"] or match["after"]:
        return -15 if before == "一刻" else -(integer(before.rstrip("分")) or 0)
    if match["almost"] or match["late"]:
        return -15 if "不到" in match.group() else -10
    more = match["some"] or match["more"] or ""
    return {"多": 20, "来": 10, "过": 10}.get(more[:1], 0)


def _doubtful(match: re.Match[str], text: str) -> bool:
    """Tell whether 一点 or 三点 rather is a bit or a point in a list."""
    plain = match.group()[-1] == "点"
    if match.group() in ("一点", "快一点") and not _TIMELY.search(text[: match.start()][-2:]):
        return True
    if plain and _NOT_A_TIME.match(text, match.end()):
        return match["words"] in ("一", "二", "两", "三", "四") or match["digits"] == "1"
    return False


def clocks(text: str) -> Iterator[Clock]:
    """Yield the clock times said."""
    for match in _DIGITAL.finditer(text) if ":" in text else ():
        hour = match["hour"]
        yield Clock(int(hour), int(match["minute"]), 0, hour[0] == "0", match.span())
    for match in _CLOCK.finditer(text) if "点" in text or "时" in text else ():
        if not _doubtful(match, text):
            hour = integer(match["low"] or match["digits"] or match["words"]) or 0
            yield Clock(hour, _minute(match), _shift(match), False, match.span())


def parts(text: str) -> Iterator[Part]:
    """Yield the parts of the day said; greetings are none."""
    for match in _PART.finditer(text):
        if text[match.end() : match.end() + 1] not in ("好", "安"):
            yield Part(str(match.lastgroup), match.group(), match.span())


def _length(match: re.Match[str]) -> timedelta:
    if match["half"]:
        amount = 0.5
    elif match["few"] or match["teens"]:
        amount = 15 if match["teens"] else 5
    else:
        amount = integer(match["n"].replace("俩", "两")) or 0
    if match["plus"]:
        amount += 0.5
    unit = 1 if match["minute"] else 15 if match["quarter"] else 60
    hours = integer(match["hours"].replace("俩", "两")) or 0 if match["hours"] else 0
    return timedelta(hours=hours, minutes=amount * unit)


def agos(text: str) -> Iterator[Ago]:
    """Yield so-many-minutes-ago and just-now."""
    for match in _AGO.finditer(text) if "前" in text else ():
        yield Ago(_length(match), False, match.span())
    for match in _NOW.finditer(text):
        yield Ago(timedelta(0), True, match.span())
