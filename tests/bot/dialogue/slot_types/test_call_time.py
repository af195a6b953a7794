"""When somebody wants to be called, in the words of customers."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.clock import SHANGHAI
from bot.dialogue.slot_types.call_time import call_time

# A Thursday.
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("下午三点给我回个电话", "11-26 15:00"),
        ("下午3点半", "11-26 15:30"),
        ("明天上午十点以后", "11-27 10:00"),
        ("后天下午2点20分打给我", "11-28 14:20"),
        ("今晚七点", "11-26 19:00"),
        ("明晚8点", "11-27 20:00"),
        ("周六上午", "11-28 09:00"),
        ("14:30", "11-26 14:30"),
        ("三点吧", "11-26 15:00"),
        ("中午12点", "11-26 12:00"),
        ("半小时以后", "11-26 10:30"),
        ("两个小时后", "11-26 12:00"),
        ("一个半小时之后", "11-26 11:30"),
        ("40分钟后打我", "11-26 10:40"),
        ("12月1号上午九点", "12-01 09:00"),
    ],
)
def test_a_time_ahead_is_understood(text: str, wanted: str) -> None:
    """Day and hour, an hour of today, or a while from now."""
    found = call_time.answer(text, NOW)
    assert found is not None
    assert found.value is not None, found.problem
    assert f"{found.value:%m-%d %H:%M}" == wanted
    assert call_time.load(call_time.dump(found.value)) == found.value


@pytest.mark.parametrize(
    ("text", "problem"),
    [("上午九点", "已经过了"), ("明天", "几点方便"), ("昨天下午三点", "已经过了")],
)
def test_what_cannot_be_is_said(text: str, problem: str) -> None:
    """A time that is over, or a day without an hour, is asked for again."""
    found = call_time.answer(text, NOW)
    assert found is not None
    assert found.value is None
    assert problem in str(found.problem)


@pytest.mark.parametrize("text", ["随便", "13902012345", "25点", "我要问点事"])
def test_what_is_no_time_is_none(text: str) -> None:
    """Numbers and words that name no time are left to others."""
    assert call_time.answer(text, NOW) is None
