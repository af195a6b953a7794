"""Deadlines as staff read them."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.clock import SHANGHAI
from bot.console.times import left


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "due", "words"),
    [
        ("2026-11-23T09:00", "2026-12-14T17:30", "还剩 21 天"),
        ("2026-11-23T20:00", "2026-12-14T17:30", "还剩 21 天"),
        ("2026-11-24T00:01", "2026-12-14T17:30", "还剩 20 天"),
        ("2026-12-12T17:29", "2026-12-14T17:30", "还剩 2 天"),
        ("2026-12-12T17:31", "2026-12-14T17:30", "还剩 47 小时"),
        ("2026-12-14T13:00", "2026-12-14T17:30", "还剩 4 小时 30 分"),
        ("2026-12-14T17:20", "2026-12-14T17:30", "还剩 10 分钟"),
        ("2026-12-14T17:31", "2026-12-14T17:30", "已超 1 分钟"),
        ("2026-12-20T09:00", "2026-12-14T17:30", "已超 6 天"),
        ("2026-12-10T09:00", "2026-12-15T00:00", "还剩 4 天"),
        ("2026-12-13T00:00", "2026-12-15T00:00", "还剩 2 天"),
    ],
)
def test_days_are_counted_as_on_a_calendar(now: str, due: str, words: str) -> None:
    """One figure all day long, which fits the date beside it; hours only when it is near."""
    assert left(_at(due), _at(now)) == words


def test_without_a_deadline_there_is_none_left() -> None:
    """Said in words, not as an empty chip."""
    assert left(None, _at("2026-12-10T09:00")) == "没有时限"
