"""The working calendar: announced facts, unknown years, and the rules of a branch's week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from bot.clock import SHANGHAI
from bot.clockwork.calendar_files import parse_frames, parse_weekend, shipped
from bot.clockwork.workdays import Frame, SpecialDay
from bot.errors import CalendarMissing

CALENDAR = shipped()


def at(text: str) -> datetime:
    """Return a time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _count(year: int) -> int:
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range(365))
    return sum(CALENDAR.works(day) for day in days)


@pytest.mark.parametrize(("year", "worked"), [(2025, 248), (2026, 248)])
def test_a_year_has_its_working_days(year: int, worked: int) -> None:
    """365 days less weekends and holidays, plus the make-up days, counted by hand."""
    assert _count(year) == worked


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-04", True), ("2026-02-14", True), ("2026-02-28", True), ("2026-05-09", True),
        ("2026-09-20", True), ("2026-10-10", True), ("2026-02-15", False), ("2026-02-23", False),
        ("2026-02-24", True), ("2026-04-06", False), ("2026-06-19", False), ("2026-09-25", False),
        ("2026-10-07", False), ("2026-10-08", True), ("2026-11-28", False), ("2025-01-26", True),
        ("2025-10-08", False), ("2025-10-11", True), ("2025-10-12", False),
    ],
)  # fmt: skip
def test_announced_days(day: str, works: bool) -> None:
    """Holidays, make-up days and plain weekends of the announced years."""
    assert CALENDAR.works(date.fromisoformat(day)) is works


@pytest.mark.parametrize("day", ["2024-12-31", "2027-01-01", "2030-06-01"])
def test_an_unknown_year_is_refused_with_the_remedy(day: str) -> None:
    """Nobody guesses holidays that nobody has announced."""
    with pytest.raises(CalendarMissing, match="anda data import calendar"):
        CALENDAR.works(date.fromisoformat(day))


def test_a_count_into_an_unknown_year_is_refused() -> None:
    """A deadline that would end in such a year is refused too."""
    with pytest.raises(CalendarMissing, match="2027"):
        CALENDAR.add_days(date(2026, 12, 30), 5)


def test_several_frames_a_day() -> None:
    """Lunch is no working time."""
    assert CALENDAR.time_between(at("2026-11-25T11:00"), at("2026-11-25T14:00")) == timedelta(
        hours=1, minutes=30
    )
    assert CALENDAR.time_between(at("2026-11-27T17:00"), at("2026-11-30T09:00")) == timedelta(
        hours=1
    )


def test_a_branch_lays_days_over_the_calendar() -> None:
    """A day off, a weekend worked, and a day with hours of its own."""
    short = (Frame(time(9), time(11)),)
    over = {
        date(2026, 11, 26): SpecialDay(False, "停电"),
        date(2026, 11, 28): SpecialDay(True, "加班", short),
    }
    branch = CALENDAR.with_days(over, frozenset({2027}))
    assert branch.add_days(date(2026, 11, 25), 2) == date(2026, 11, 28)
    assert branch.closing(date(2026, 11, 28)) == at("2026-11-28T11:00")
    assert branch.works(date(2027, 1, 4))
    assert CALENDAR.works(date(2026, 11, 26))


def test_a_branch_has_its_own_week() -> None:
    """Where Friday is the day off, Saturday is worked."""
    branch = shipped("5", "09:00-17:00")
    assert not branch.works(date(2026, 11, 27))
    assert branch.works(date(2026, 11, 28))


@pytest.mark.parametrize("text", ["8", "0", "x", "1,2,3,4,5,6,7"])
def test_a_wrong_weekend_is_refused(text: str) -> None:
    """Days are 1 to 7, and some day must be worked."""
    with pytest.raises(ValueError, match=r"周末|invalid"):
        parse_weekend(text)


@pytest.mark.parametrize("text", ["", "12:00-08:00", "8-12", "08:30-12:00,11:00-17:00"])
def test_wrong_frames_are_refused(text: str) -> None:
    """Frames are in order, apart, and end after they begin."""
    with pytest.raises(ValueError, match="时段"):
        parse_frames(text)
