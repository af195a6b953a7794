"""When somebody wants to be called, in the words of customers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.clock import SHANGHAI
from bot.dialogue.slot_types.call_time import call_time

# A Thursday.
EARLY = datetime(2026, 11, 26, 7, 50, tzinfo=SHANGHAI)
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=SHANGHAI)
EVENING = datetime(2026, 11, 26, 18, 20, tzinfo=SHANGHAI)

AT_TEN = {
    "下午三点给我回个电话": "11-26 15:00",
    "下午3点半": "11-26 15:30",
    "明天上午十点以后": "11-27 10:00",
    "后天下午2点20分打给我": "11-28 14:20",
    "今晚七点": "11-26 19:00",
    "明晚8点": "11-27 20:00",
    "明晚打给我吧": "11-27 19:00",
    "周六上午": "11-28 09:00",
    "14:30": "11-26 14:30",
    "三点吧": "11-26 15:00",
    "十五点二十": "11-26 15:20",
    "中午12点": "11-26 12:00",
    "中午一点": "11-26 13:00",
    "中午十一点半": "11-26 11:30",
    "明天中午一点": "11-27 13:00",
    "一点吧": "11-26 13:00",
    "明天一点钟": "11-27 13:00",
    "今晚12点": "11-27 00:00",
    "晚上12点": "11-27 00:00",
    "今晚零点": "11-27 00:00",
    "明晚十二点": "11-28 00:00",
    "今晚一点": "11-27 01:00",
    "半夜两点": "11-27 02:00",
    "凌晨两点": "11-27 02:00",
    "明天凌晨五点": "11-27 05:00",
    "晚上五点": "11-26 17:00",
    "傍晚六点": "11-26 18:00",
    "三点一刻": "11-26 15:15",
    "三点三刻": "11-26 15:45",
    "下午三点三刻给我打电话": "11-26 15:45",
    "三点零五分": "11-26 15:05",
    "三点零五": "11-26 15:05",
    "三点05分": "11-26 15:05",
    "三点半": "11-26 15:30",
    "四点二十五分": "11-26 16:25",
    "三点整": "11-26 15:00",
    "差五分四点": "11-26 15:55",
    "下午3.30": "11-26 15:30",
    "下午两点到三点": "11-26 14:00",
    "三点不行，四点吧": "11-26 16:00",
    "今天不行，明天上午十点": "11-27 10:00",
    "改到四点": "11-26 16:00",
    "从三点改到五点": "11-26 17:00",
    "尽快吧，下午四点": "11-26 16:00",
    "九点": "11-26 21:00",
    "上午十点半": "11-26 10:30",
    "明早9点": "11-27 09:00",
    "明早八点半": "11-27 08:30",
    "后天早上八点": "11-28 08:00",
    "大后天早上九点": "11-29 09:00",
    "明儿下午两点": "11-27 14:00",
    "明天下午一点": "11-27 13:00",
    "下周一早上九点": "11-30 09:00",
    "周日下午3点": "11-29 15:00",
    "12月1号上午九点": "12-01 09:00",
    "30号下午四点": "11-30 16:00",
    "半小时以后": "11-26 10:30",
    "半个钟头后": "11-26 10:30",
    "两个小时后": "11-26 12:00",
    "一个半小时之后": "11-26 11:30",
    "1.5小时后": "11-26 11:30",
    "一刻钟后": "11-26 10:15",
    "40分钟后打我": "11-26 10:40",
    "我15点有会,16点打": "11-26 16:00",
    "16点打吧,15点有会": "11-26 16:00",
    "我三点有会四点打": "11-26 16:00",
    "三点打吧,我现在有会": "11-26 15:00",
    "三点打给我,我四点要开会": "11-26 15:00",
    "三点 我有会 四点联系我": "11-26 16:00",
    "三点忙,五点回我": "11-26 17:00",
    "三点忙完了打": "11-26 15:00",
    "三点行不行": "11-26 15:00",
    "四点方便不方便": "11-26 16:00",
    "别三点打,四点打": "11-26 16:00",
    "下午三点有会,四点打": "11-26 16:00",
    "晚上七点有会,八点打": "11-26 20:00",
    "上午十点有会,三点打": "11-26 15:00",
    "下午五点到六点有会,七点打": "11-26 19:00",
    "下午有会,晚上打": "11-26 19:00",
    "半小时后有会,四点打": "11-26 16:00",
    "明天上午十点有会,三点打": "11-27 15:00",
    "明天三点有会,后天四点打": "11-28 16:00",
    "周五三点有会,周六四点打": "11-28 16:00",
    "周六四点": "11-28 16:00",
    "等了半小时了,四点打吧": "11-26 16:00",
    "等半小时再打": "11-26 10:30",
}  # fmt: skip
AT_TEN_TO_EIGHT = {
    "明早9点": "11-27 09:00",
    "明早九点给我打电话": "11-27 09:00",
    "今早9点": "11-26 09:00",
    "后天早上9点": "11-28 09:00",
    "明晚9点": "11-27 21:00",
    "早上九点": "11-26 09:00",
    "8点": "11-26 08:00",
    "七点": "11-26 19:00",
}  # fmt: skip
IN_THE_EVENING = {
    "八点": "11-26 20:00",
    "明天八点": "11-27 08:00",
    "明天三点": "11-27 15:00",
    "晚上八点半": "11-26 20:30",
}  # fmt: skip
TABLE = [
    (now, text, wanted)
    for now, rows in ((NOW, AT_TEN), (EARLY, AT_TEN_TO_EIGHT), (EVENING, IN_THE_EVENING))
    for text, wanted in rows.items()
]


@pytest.mark.parametrize(("now", "text", "wanted"), TABLE)
def test_a_time_ahead_is_understood(now: datetime, text: str, wanted: str) -> None:
    """Day and hour, an hour of today, or a while from now."""
    found = call_time.answer(text, now)
    assert found is not None
    assert found.value is not None, found.problem
    assert f"{found.value:%m-%d %H:%M}" == wanted
    assert call_time.load(call_time.dump(found.value)) == found.value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("昨天下午三点", "那天已经过了"),
        ("13月1号上午九点", "没有这一天"),
        ("明天", "好的"),
        ("上午打给我", "好的"),
        ("早上打给我", "好的"),
        ("明天三点有会,后天打", "好的"),
    ],
)
def test_what_cannot_be_is_said(text: str, problem: str) -> None:
    """A day that is over or is none is refused; after a day alone the hour is asked for."""
    found = call_time.answer(text, NOW)
    assert found is not None
    assert found.value is None
    assert problem in str(found.problem)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("上午九点", "11-26 09:00"),
        ("今早九点", "11-26 09:00"),
        ("今天凌晨两点", "11-26 02:00"),
    ],
)
def test_an_hour_that_is_over_is_what_was_said(text: str, wanted: str) -> None:
    """Whoever asked says what comes of it."""
    found = call_time.answer(text, NOW)
    assert found is not None
    assert f"{found.value:%m-%d %H:%M}" == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("明天", "11-27"),
        ("明天上午十点", "11-27"),
        ("周六打给我", "11-28"),
        ("上午打给我", "11-26"),
        ("半小时后", "11-26"),
        ("14小时后", "11-27"),
        ("四点", None),
        ("尽快", None),
        ("昨天", None),
    ],
)
def test_a_day_is_named_with_an_hour_or_without(text: str, wanted: str | None) -> None:
    """A part of today that lasts is today; an hour alone is of no day."""
    day = call_time.day(text, NOW)
    assert (day and f"{day:%m-%d}") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("九点", "11-28 09:00"), ("四点", "11-28 16:00"), ("晚上12点", "11-29 00:00")],
)
def test_an_hour_is_put_on_the_day_that_was_named(text: str, wanted: str) -> None:
    """«九点» of another day is in the morning, whatever time it is now."""
    at = call_time.on((NOW + timedelta(days=2)).date(), text, NOW)
    assert f"{at:%m-%d %H:%M}" == wanted
    assert call_time.on(NOW.date(), "随便", NOW) is None


@pytest.mark.parametrize(
    "text",
    ["随便", "13902012345", "25点", "我要问点事", "晚一点再打", "早一点吧", "三点七十分"],
)
def test_what_is_no_time_is_none(text: str) -> None:
    """Numbers and words that name no time are left to others."""
    assert call_time.answer(text, NOW) is None


@pytest.mark.parametrize("text", ["尽快", "现在就打", "随时都可以", "几点都行"])
def test_any_time_is_heard_and_an_hour_asked_for(text: str) -> None:
    """It is an answer to the question, and no time that was named unasked."""
    found = call_time.answer(text, NOW)
    assert found is not None
    assert (found.value, call_time.find(text, NOW)) == (None, None)
    assert found.problem


def test_the_words_of_the_time_are_all_that_is_used() -> None:
    """A number said between day and hour is left for whoever asks for a number."""
    text = "明天 13902012345 上午九点"
    found = call_time.find(text, NOW)
    assert found is not None
    assert text[slice(*found.span)] == "上午九点"
    whole = call_time.find("那就明天上午九点吧", NOW)
    assert whole is not None
    assert "那就明天上午九点吧"[slice(*whole.span)] == "明天上午九点"


@pytest.mark.parametrize(
    "text",
    [
        "等了半小时", "等了两个钟头", "都等半个小时了", "等半个小时了", "我等了你们40分钟",
        "等你们半小时了", "半小时了还没人打", "打了半小时电话没人接", "等了一个半小时了都",
        "排了半个小时的队",
    ],
)  # fmt: skip
def test_a_wait_is_no_time_to_call(text: str) -> None:
    """Who has waited is asked for the time again, and told that we are sorry."""
    found = call_time.answer(text, NOW)
    assert found is not None
    assert (found.value, call_time.find(text, NOW), call_time.day(text, NOW)) == (None, None, None)
    assert "久等" in str(found.problem)


@pytest.mark.parametrize(
    "text",
    [
        "三点我有会",
        "三点不方便",
        "下午三点没空",
        "明天没空",
        "明天下午要上班",
        "三点别打",
        "四点前有事",
    ],
)
def test_a_busy_hour_is_no_time_to_call(text: str) -> None:
    """Where nothing but an hour that does not suit is told, the time is asked for again."""
    found = call_time.answer(text, NOW)
    assert found is not None
    assert (found.value, call_time.find(text, NOW), call_time.day(text, NOW)) == (None, None, None)
    assert "那个时间不打" in str(found.problem)


def test_who_waited_and_wants_something_else_is_not_held_up() -> None:
    """The complaint is taken up, not the time asked for again."""
    assert call_time.answer("等了半小时了,我要投诉", NOW) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("十点", "11-27 10:00"), ("九点半吧", "11-27 09:30"), ("晚上十点", None),
        ("明天十点", None), ("22点", None), ("今天十点", None),
    ],
)  # fmt: skip
def test_an_hour_alone_may_be_of_the_other_half_day(text: str, wanted: str | None) -> None:
    """Whoever knows the opening hours decides; a part of the day or a day leaves no choice."""
    now = NOW.replace(hour=16)
    found = call_time.answer(text, now)
    assert found is not None
    assert found.value is not None
    other = call_time.other_half(text, found.value, now)
    assert (other and f"{other:%m-%d %H:%M}") == wanted
