"""Nothing at night, nobody at lunch."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SHANGHAI
from bot.clockwork.quiet_hours import CallHours, QuietHours

HOURS = QuietHours()


def at(text: str) -> datetime:
    """Return a time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        ("2026-11-25T20:59", False), ("2026-11-25T21:00", True), ("2026-11-25T23:59", True),
        ("2026-11-26T00:00", True), ("2026-11-26T07:59", True), ("2026-11-26T08:00", False),
    ],
)  # fmt: skip
def test_the_night_is_quiet(now: str, quiet: bool) -> None:
    """From nine in the evening until eight."""
    assert HOURS.quiet(at(now)) is quiet


def test_a_quiet_time_may_lie_within_a_day() -> None:
    """A branch may leave people alone at noon."""
    noon = QuietHours(time(12), time(14))
    assert noon.quiet(at("2026-11-25T13:00"))
    assert not noon.quiet(at("2026-11-25T14:00"))
    assert noon.next_polite(at("2026-11-25T13:00")) >= at("2026-11-25T14:05")


@given(st.integers(0, 60 * 24 * 3), st.text(max_size=20))
def test_what_waits_goes_out_in_the_morning_spread(minutes: int, key: str) -> None:
    """Never in the quiet, at most 11 hours later, and always the same moment for one key."""
    now = at("2026-11-25T00:00") + timedelta(minutes=minutes)
    then = HOURS.next_polite(now, key)
    assert then == HOURS.next_polite(now, key)
    if not HOURS.quiet(now):
        assert then == now
    else:
        assert time(8, 5) <= then.time() <= time(9)
        assert timedelta() < then - now <= timedelta(hours=12)


@pytest.mark.parametrize(
    ("now", "call"),
    [
        ("2026-11-25T08:00", "2026-11-25T09:00"), ("2026-11-25T10:30", "2026-11-25T10:30"),
        ("2026-11-25T12:30", "2026-11-25T14:00"), ("2026-11-25T19:59", "2026-11-25T19:59"),
        ("2026-11-25T20:00", "2026-11-26T09:00"), ("2026-11-25T23:30", "2026-11-26T09:00"),
    ],
)  # fmt: skip
def test_people_are_called_by_day(now: str, call: str) -> None:
    """From nine to eight, not at lunch."""
    assert CallHours().next_call(at(now)) == at(call)


def test_hours_without_a_frame_are_refused() -> None:
    """Nobody could ever be called."""
    with pytest.raises(ValueError, match="no time to call"):
        CallHours(()).next_call(at("2026-11-25T10:00"))
