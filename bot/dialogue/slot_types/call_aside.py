"""What stands beside the time somebody wishes to be called and is none: busy hours, long waits.

«我15点有会，16点打» names one time to call, «三点我有会» none, «等了半小时» is a complaint. What is
found here is taken out of the text, as long as it was, before the time is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal, NamedTuple

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.future_day import future_day
from bot.dialogue.slot_types.moment_clock import clocks, parts
from bot.dialogue.slot_types.plain import blank

_MOST = 6  # times in one message; whoever names more of them is asked
_N = r"(?:\d{1,3}|[一二两三四五六七八九十几]{1,3})"
_LENGTH = rf"(?:{_N}(?:\.5)?个?半?|大?半个?)多?(?:小时|钟头|分钟|刻钟)"
# A wait that has been: not «等半小时再打», which is a wish.
_WAITED = re.compile(
    rf"(?:等|排|打|拖|耗|耽误)(?:了|过)(?:[^\s,。;!?\d点]{{0,4}}?){_LENGTH}"
    rf"|(?:都|已经?|快|白|干)(?:等|排|过|拖|打)(?:[^\s,。;!?\d点]{{0,4}}?){_LENGTH}"
    rf"|(?:等|排)(?:[^\s,。;!?\d点]{{0,4}}?){_LENGTH}(?=了|的?[队电])"
    rf"|{_LENGTH}(?=了|[都也还]没)"
)
_LATER = re.compile(rf"{_LENGTH}(?:以?后|之后)")
_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天](?=[零一二两三四五六七八九十]{1,3}[点时])"
)
_BUSY = re.compile(
    r"有(?:个|一个)?(?:会(?!儿)|课|事|约|安排|饭局|手术|客人|考试|应酬)|[开上](?:着|个)?[会课]|上班"
    r"|加班|(?<![不帮])忙(?!完|好)|(?<!有空)没(?:有)?(?:空|时间|工夫|功夫)"
    r"|(?<!方便)不(?:太|大|怎么)?方便|(?<!行)不行|不在|不得空|不合适|不可以"
    r"|(?:别|不要|甭|不用|先别)(?:再|给我)?[打回来联接]"
    r"|不能[接打]|接不了|走不开|抽不开|睡觉|午休|接孩子|开车|看病"
)
_CALL = re.compile(r"(?<![别甭要用])(?:给我)?[打回]|联系|找我|来电|方便|有空|可以")
NAMES_A_DAY = re.compile(r"[月号日天周儿今明昨前后]|星期|礼拜|[/.]")
_DENIED = re.compile(r"(?:不是|不要|别|除了|避开)$")
# Who has waited and now wants something else is not held up with an apology.
_ELSE = re.compile(r"投诉|举报|人工|报案|退保|理赔|领导")
_CLAUSE = re.compile(r"[^\s,。;!?\0]+")

WAITED = "让您久等了，抱歉。"
BUSY = "好的，那个时间不打。"


class Named(NamedTuple):
    """A time as it is named: where, and what it is of; ``hour`` of a clock time."""

    start: int
    end: int
    kind: Literal["hour", "part", "day"]
    hour: int = 0


def without(text: str, now: datetime) -> tuple[str, str]:
    """Return the text without what is no wish, and what to say where nothing else was named."""
    left = _WAITED.sub(lambda match: "\0" * len(match.group()), text)
    said = WAITED if left != text and not _ELSE.search(text) else ""
    for _ in range(_MOST):
        if (busy := _busy(left, now)) is None:
            break
        left, said = blank(left, busy), said or BUSY
    return left, said


def _busy(text: str, now: datetime) -> tuple[int, int] | None:
    """Return the first time at which the customer cannot speak, with the words that say so."""
    named = _named(text, now)
    for at, one in enumerate(named):
        later = named[at + 1 :]
        if later and later[0].start - one.end <= 1:
            continue  # «明天上午十点»: what follows belongs to the hour
        until = _until(text, one.end, later[0].start if later else len(text))
        if until is not None or _DENIED.search(text[max(0, one.start - 2) : one.start]):
            return _start(named[: at + 1], later), until or one.end
    return None


def _start(named: list[Named], later: list[Named]) -> int:
    """Return where the last of ``named`` begins, with day and part of the day where they go too.

    They stay for a later hour: «下午三点有会，四点打» is in the afternoon too, but
    «上午十点有会，三点打» is not in the morning.
    """
    one, start = named[-1], named[-1].start
    hour = next((other for other in later if other.kind == "hour"), None)
    keeps_day = hour is not None and not any(other.kind == "day" for other in later)
    keeps_part = keeps_day and hour is not None and one.hour < hour.hour
    for before in reversed(named[:-1]):
        kept = {"hour": False, "part": keeps_part, "day": keeps_day}[before.kind]
        if kept or start - before.end > 1:
            break
        start = before.start
    return start


def _named(text: str, now: datetime) -> list[Named]:
    """Return the times that are named, in their order."""
    hours = [Named(*clock.span, "hour", clock.hour) for clock in clocks(apart(text))]
    hours += [Named(*match.span(), "hour") for match in _LATER.finditer(text)]
    rest = blank(text, *((one.start, one.end) for one in hours))
    found = [*hours, *(Named(*part.span, "part") for part in parts(rest))]
    return sorted([*found, *_days(rest, now)])


def apart(text: str) -> str:
    """«周六四点» is four o'clock, not six or four."""
    return _WEEKDAY.sub(lambda match: "\0" * len(match.group()), text)


def _days(text: str, now: datetime) -> Iterator[Named]:
    for _ in range(_MOST):
        day: Found[date] | None = future_day.answer(text, now)
        if day is None or not NAMES_A_DAY.search(text, *day.span):
            return
        yield Named(*day.span, "day")
        text = blank(text, day.span)


def _until(text: str, since: int, limit: int) -> int | None:
    """Return where the words end that say «not then»: the next words after the time."""
    clause = _CLAUSE.search(text, since, limit)
    if clause is None:
        return None
    busy = _BUSY.search(text, *clause.span())
    call = _CALL.search(text, *clause.span())
    if busy is None or (call is not None and call.start() < busy.start()):
        return None
    return busy.end()
