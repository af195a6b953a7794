"""Further hand-computed ends: start rules, legal days, the desk's hours, a branch's own days."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml

from bot.clock import SHANGHAI
from bot.clockwork.calendar_files import shipped
from bot.clockwork.clocks import Clock, Extension, Rule
from bot.clockwork.desk_hours import DeskHours
from bot.clockwork.workdays import ONE_DAY, Frame, SpecialDay, WorkCalendar

HERE = Path(__file__)
CASES: dict[str, list[list[Any]]] = yaml.safe_load(
    HERE.with_name("more_cases.yaml").read_text(encoding="utf-8")
)
FIRST: dict[str, list[Any]] = yaml.safe_load(
    HERE.with_name("cases.yaml").read_text(encoding="utf-8")
)
CALENDAR = shipped()
OWN = CALENDAR.with_days(
    {
        date(2026, 11, 26): SpecialDay(False, "停电"),
        date(2026, 11, 28): SpecialDay(True, "加班", (Frame(time(9), time(11)),)),
        date(2026, 12, 1): SpecialDay(
            True, "盘点", (Frame(time(10), time(12)), Frame(time(14), time(16)))
        ),
    },
    frozenset(),
)
ON: dict[str, WorkCalendar] = {
    "desk": DeskHours(time(8), time(20)).calendar(),
    "branch": OWN,
}
BEGINS: dict[str, Literal["same_day", "next_opening"]] = {
    "same_day": "same_day",
    "next_opening": "next_opening",
}
ALL = [(group, *case) for group, cases in CASES.items() for case in cases]


def at(text: Any) -> datetime:
    """Return a time in Shanghai, however YAML read it."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=SHANGHAI)


def _end(unit: str, expected: Any) -> datetime:
    if isinstance(expected, datetime) or "T" in str(expected):
        return at(expected)
    if unit == "working_day":
        return datetime.combine(expected, time(17, 30), SHANGHAI)
    return datetime.combine(expected + ONE_DAY, time(), SHANGHAI)


def test_there_are_more_than_two_hundred() -> None:
    """Together with the first table, all worked out on paper."""
    assert len(ALL) + sum(map(len, FIRST.values())) >= 250
    assert len({str(case) for case in ALL}) == len(ALL)


@pytest.mark.parametrize(("group", "unit", "start", "amount", "expected"), ALL)
def test_a_hand_computed_end(group: str, unit: Any, start: Any, amount: int, expected: Any) -> None:
    """It is due when somebody with a paper calendar says so."""
    begins: Literal["", "same_day", "next_opening"] = BEGINS.get(group, "")
    rule = Rule("c", "钟", amount, unit, ("a",), ("b",), "依据", begins=begins)
    assert Clock(rule, at(start)).due(ON.get(group, CALENDAR)) == _end(unit, expected)


@pytest.mark.parametrize(
    ("extensions", "told", "expected"),
    [
        ((), True, "2026-10-14T00:00"),
        ((15,), True, "2026-10-29T00:00"),
        ((15, 30), True, "2026-11-28T00:00"),
        ((15,), False, "2026-10-14T00:00"),
        ((15, 30), False, "2026-10-14T00:00"),
    ],
)
def test_an_extension_counts_once_the_customer_knows(
    extensions: tuple[int, ...], told: bool, expected: str
) -> None:
    """15, 30 and 60 days of a complaint of 28 September; what nobody was told is none."""
    rule = Rule("d", "答复", 15, "day", ("a",), ("b",), "CMP20", notice=True)
    notice = at("2026-10-09T10:00") if told else None
    granted = tuple(Extension(n, "主管", "复杂", None, notice) for n in extensions)
    assert Clock(rule, at("2026-09-28T10:00"), extensions=granted).due(CALENDAR) == at(expected)
