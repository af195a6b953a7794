"""Clocks: hand-computed cases, properties, states, and why."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SHANGHAI
from bot.clockwork import words
from bot.clockwork.calendar_files import shipped
from bot.clockwork.clocks import (
    UNITS,
    Clock,
    Event,
    Extension,
    Pause,
    Rule,
    Unit,
    current,
    due,
    run,
)
from bot.clockwork.workdays import ONE_DAY
from bot.errors import CalendarMissing

CALENDAR = shipped()
CASES: dict[str, list[list[Any]]] = yaml.safe_load(
    Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8")
)
PAUSED = CASES.pop("paused")
PLAIN = [(kind, *case) for kind, cases in CASES.items() for case in cases]


def at(text: Any) -> datetime:
    """Return a time in Shanghai, however YAML read it."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=SHANGHAI)


def _end(unit: str, expected: Any) -> datetime | None:
    """Return an end as a case writes it: a date is its midnight, or its closing time."""
    if expected is None:
        return None
    if isinstance(expected, date) and not isinstance(expected, datetime):
        if unit == "working_day":
            return datetime.combine(expected, time(17, 30), SHANGHAI)
        return datetime.combine(expected + ONE_DAY, time(), SHANGHAI)
    return at(expected)


def test_there_are_many_cases() -> None:
    """A hundred at least, all worked out by hand."""
    assert len(PLAIN) + len(PAUSED) >= 100


@pytest.mark.parametrize(("kind", "start", "amount", "expected"), PLAIN)
def test_a_hand_computed_end(kind: str, start: Any, amount: int, expected: Any) -> None:
    """It is due when somebody with a paper calendar says so."""
    unit: Any = "day" if kind == "day_or_next_working" else kind
    rolls = "next" if kind == "day_or_next_working" else "keep"
    assert due(amount, unit, at(start), (), CALENDAR, rolls) == _end(unit, expected)


@pytest.mark.parametrize(("unit", "start", "amount", "pauses", "expected"), PAUSED)
def test_a_hand_computed_end_with_pauses(
    unit: Unit, start: Any, amount: int, pauses: list[list[Any]], expected: Any
) -> None:
    """The same while it stood still for some time."""
    stood = [Pause(at(since), at(until) if until else None) for since, until in pauses]
    assert due(amount, unit, at(start), stood, CALENDAR) == _end(unit, expected)


units = st.sampled_from([unit for unit in UNITS if unit != "year"])  # years are no additive unit
amounts = st.integers(1, 30)
# Sixty working days later it must still be 2026: the calendar knows no further.
moments = st.integers(0, 60 * 24 * 250).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
)
lengths = st.integers(1, 60 * 24 * 10).map(lambda minutes: timedelta(minutes=minutes))


def _due(amount: int, unit: Unit, start: datetime, *pauses: Pause) -> datetime:
    found = due(amount, unit, start, pauses, CALENDAR)
    assert found is not None
    return found


@given(units, amounts, moments, lengths)
def test_it_is_monotone_in_the_start(
    unit: Unit, amount: int, start: datetime, later: timedelta
) -> None:
    """What starts later is never due earlier."""
    assert _due(amount, unit, start) <= _due(amount, unit, start + later)


@given(units, amounts, amounts, moments)
def test_it_is_monotone_in_the_amount(unit: Unit, less: int, more: int, start: datetime) -> None:
    """More time is never less, and the end always lies behind the start."""
    first, second = _due(less, unit, start), _due(less + more, unit, start)
    assert start < first < second


@given(units, amounts, amounts, moments)
def test_it_is_additive(unit: Unit, first: int, second: int, start: datetime) -> None:
    """Two stretches one after the other are one long stretch."""
    middle = _due(first, unit, start)
    if unit == "day":
        middle -= ONE_DAY  # midnight belongs to the day that it ends
    assert _due(second, unit, middle) == _due(first + second, unit, start)


@given(st.sampled_from(["minute", "hour", "day"]), amounts, moments, lengths, lengths)
def test_a_pause_is_neutral(
    unit: Unit, amount: int, start: datetime, after: timedelta, length: timedelta
) -> None:
    """A pause moves the end by exactly as long as it lasted, or not at all when it came later."""
    plain, since = _due(amount, unit, start), start + after
    until = since + length
    moved = length
    if unit == "day":  # the day of the start is not counted, so standing still on it is free
        counted_from = max(since.date(), start.date() + ONE_DAY)
        moved = max(until.date() - counted_from, timedelta())
    expected = plain + moved if since < plain else plain
    assert _due(amount, unit, start, Pause(since, until)) == expected


@given(st.sampled_from(["working_hour", "working_day"]), amounts, moments, lengths, lengths)
def test_a_pause_costs_working_time_only(
    unit: Unit, amount: int, start: datetime, after: timedelta, length: timedelta
) -> None:
    """The working time before the end, less that within the pause, is what was granted."""
    since = start + after
    end = _due(amount, unit, start, Pause(since, since + length))
    if unit == "working_hour":
        stood = CALENDAR.time_between(since, min(end, since + length)) if since < end else None
        worked = CALENDAR.time_between(start, end) - (stood or timedelta())
        assert worked == timedelta(hours=amount)
    else:
        days = [start.date() + timedelta(days=n + 1) for n in range((end - start).days + 1)]
        stood_on = [d for d in days if since.date() <= d < (since + length).date()]
        worked_on = [d for d in days if d <= end.date() and CALENDAR.works(d)]
        assert len([d for d in worked_on if d not in stood_on]) == amount


@given(units, amounts, amounts, moments)
def test_an_extension_is_more_of_the_same(
    unit: Unit, amount: int, more: int, start: datetime
) -> None:
    """Extended by n is granted n more from the beginning."""
    rule = Rule("c", "钟", amount, unit, ("a",), ("b",), "依据")
    extended = Clock(rule, start, extensions=(Extension(more, "主管", "复杂"),))
    assert extended.due(CALENDAR) == _due(amount + more, unit, start)


RULE = Rule(
    "decision", "核定", 5, "day", ("complete",), ("decided",), "条例 29 条",
    start_label="材料齐", warn=(2, 9), pauses={"wanted": "等客户补材料"},
)  # fmt: skip
STATES = frozenset({"wanted", "complete", "decided"})
NOON = at("2026-11-25T12:00")


def _events(*found: tuple[str, str]) -> list[Event]:
    return [Event(kind, at(when)) for kind, when in found]


@pytest.mark.parametrize(
    ("events", "now", "state"),
    [
        ([], "2026-11-25T12:00", "not_started"),
        ([("complete", "2026-11-25T10:00")], "2026-11-25T12:00", "running"),
        ([("complete", "2026-11-25T10:00")], "2026-11-30T23:59", "running"),
        ([("complete", "2026-11-25T10:00")], "2026-12-01T00:00", "missed"),
        (
            [("complete", "2026-11-25T10:00"), ("wanted", "2026-11-26T10:00")],
            "2026-12-20T10:00",
            "paused",
        ),
        (
            [("complete", "2026-11-25T10:00"), ("decided", "2026-11-30T20:00")],
            "2026-12-20T10:00",
            "met",
        ),
        (
            [("complete", "2026-11-25T10:00"), ("decided", "2026-12-01T08:00")],
            "2026-12-20T10:00",
            "missed",
        ),
        (
            [
                ("complete", "2026-11-25T10:00"),
                ("wanted", "2026-11-26T10:00"),
                ("complete", "2026-12-10T10:00"),
            ],
            "2026-12-12T10:00",
            "running",
        ),
    ],
)
def test_states(events: list[tuple[str, str]], now: str, state: str) -> None:
    """Not started, running, paused, met, missed."""
    clock = run(RULE, _events(*events), STATES)
    assert clock.read(CALENDAR, at(now)).state == state


def test_warnings_come_before_the_end() -> None:
    """Two days before; one that would lie before the start is none."""
    reading = run(RULE, _events(("complete", "2026-11-25T10:00")), STATES).read(CALENDAR, NOON)
    assert reading.warnings == (at("2026-11-29T00:00"),)


def test_a_clock_may_start_again() -> None:
    """A maximum silence is counted from the last word."""
    rule = Rule("s", "更新", 3, "day", ("said",), ("closed",), "S24", restarts=True)
    events = _events(("said", "2026-11-20T10:00"), ("said", "2026-11-24T10:00"))
    assert run(rule, events, STATES).due(CALENDAR) == at("2026-11-28T00:00")


def test_the_rule_of_the_day_applies() -> None:
    """A rule that comes into force later does not touch what began before."""
    old = Rule("d", "旧", 30, "day", ("a",), ("b",), "旧法")
    new = Rule("d", "新", 20, "day", ("a",), ("b",), "新法", valid_from=date(2026, 12, 1))
    assert current([new, old], date(2026, 11, 30))["d"] is old
    assert current([new, old], date(2026, 12, 1))["d"] is new


def test_it_says_why() -> None:
    """Start, length, pause, end and basis, in words."""
    events = _events(
        ("complete", "2026-11-25T10:00"),
        ("wanted", "2026-11-26T10:00"),
        ("complete", "2026-11-28T09:00"),
    )
    clock = run(RULE, events, STATES)
    said = words.reason(clock, clock.read(CALENDAR, NOON), CALENDAR)
    assert said == (
        "11月25日 10:00 材料齐，从次日起算 5 个自然日；11月26日 10:00 到 11月28日 09:00 暂停"
        "（等客户补材料）；到 12月2日 24:00。依据：条例 29 条"
    )


def test_it_says_which_days_were_left_out() -> None:
    """Holidays and make-up days are named."""
    rule = Rule("w", "结案", 4, "working_day", ("a",), ("b",), "承诺", start_label="材料齐")
    clock = Clock(rule, at("2026-09-30T10:00"), extensions=(Extension(1, "主管", "鉴定"),))
    said = words.reason(clock, clock.read(CALENDAR, at("2026-09-30T11:00")), CALENDAR)
    assert "跳过国庆节假期" in said
    assert "10月10日调休上班，计入" in said
    assert "经主管批准延长 1 个工作日（鉴定）" in said
    assert "到 10月13日 17:30" in said


def test_an_unknown_year_is_refused_only_where_it_matters() -> None:
    """Natural days need no calendar; working days into 2027 do."""
    start = at("2026-12-30T10:00")
    assert due(30, "day", start, (), CALENDAR) == at("2027-01-30T00:00")
    with pytest.raises(CalendarMissing, match="2027"):
        due(5, "working_day", start, (), CALENDAR)


def test_a_clock_without_length_is_refused() -> None:
    """Zero units have no end."""
    with pytest.raises(ValueError, match="0 units"):
        due(0, "day", NOON, (), CALENDAR)


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        ("2026-11-25T10:00", 2, "2028-11-26T00:00"),
        ("2028-02-29T08:00", 2, "2030-03-01T00:00"),
        ("2026-12-31T23:59", 2, "2029-01-01T00:00"),
    ],
)
def test_years_end_with_the_same_day(start: str, years: int, end: str) -> None:
    """A period of law ends when its day does, and no pause of ours stops it."""
    pause = Pause(at("2027-01-01T00:00"), at("2027-06-01T00:00"))
    assert due(years, "year", at(start), [pause], CALENDAR) == at(end)


def test_a_wait_is_met_when_it_is_over() -> None:
    """Nobody has missed a waiting period that has run out."""
    wait = Rule("w", "等待期", 60, "day", ("told",), (), "条款", side="wait")
    clock = Clock(wait, at("2026-11-25T10:00"))
    assert clock.read(CALENDAR, at("2026-12-25T10:00")).state == "running"
    assert clock.read(CALENDAR, at("2027-01-25T10:00")).state == "met"
