"""A changed calendar or rule: which deadline moves, and why, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SHANGHAI
from bot.clockwork import changes, words
from bot.clockwork.calendar_files import shipped
from bot.clockwork.clocks import Clock, Extension, Rule
from bot.clockwork.workdays import SpecialDay, WorkCalendar
from bot.errors import CalendarMissing

ANNOUNCED = shipped()
# The same year as if nobody had announced anything: weekends only.
PLAIN = WorkCalendar({}, ANNOUNCED.years)
# The holidays without the Saturday that makes up for them.
NO_SHIFT = replace(
    ANNOUNCED, days={d: s for d, s in ANNOUNCED.days.items() if d != date(2026, 10, 10)}
)
RECEIVED = datetime(2026, 9, 28, 10, 0, tzinfo=SHANGHAI)
NATURAL = Rule(
    "d1", "答复", 15, "day", ("received",), ("decided",), "投诉办法", start_label="收到投诉"
)
WORKING = replace(NATURAL, unit="working_day", basis="假如按工作日")


def _why(rule: Rule, calendar: WorkCalendar) -> str:
    clock = Clock(rule, RECEIVED)
    return words.reason(clock, clock.read(calendar, RECEIVED), calendar)


def test_the_same_complaint_with_and_without_the_national_day_shift() -> None:
    """Received on 28 September 2026: the reason names holiday, weekends and make-up day."""
    assert _why(WORKING, ANNOUNCED) == (
        "9月28日 10:00 收到投诉，从次日起算 15 个工作日；跳过国庆节假期；跳过 3 天周末；"
        "10月10日调休上班，计入；到 10月23日 17:30。依据：假如按工作日"
    )
    assert _why(WORKING, NO_SHIFT) == (
        "9月28日 10:00 收到投诉，从次日起算 15 个工作日；跳过国庆节假期；跳过 6 天周末；"
        "到 10月26日 17:30。依据：假如按工作日"
    )
    assert _why(WORKING, PLAIN) == (
        "9月28日 10:00 收到投诉，从次日起算 15 个工作日；跳过 6 天周末；"
        "到 10月19日 17:30。依据：假如按工作日"
    )


@pytest.mark.parametrize(
    ("calendar", "named"),
    [(ANNOUNCED, "其间的国庆节假期照算自然日；"), (PLAIN, "")],
)
def test_natural_days_do_not_move(calendar: WorkCalendar, named: str) -> None:
    """The legal 15 days end on 13 October whatever is announced; the holiday is named."""
    assert _why(NATURAL, calendar) == (
        f"9月28日 10:00 收到投诉，从次日起算 15 个自然日；{named}到 10月13日 24:00。依据：投诉办法"
    )


def test_a_changed_calendar_moves_with_its_reason() -> None:
    """The day that was taken back is named, and nothing else."""
    moved = changes.by_calendar(Clock(WORKING, RECEIVED), NO_SHIFT, ANNOUNCED)
    assert moved is not None
    assert moved.words == (
        "答复：10月26日 17:30 → 10月23日 17:30（10月10日 休息 → 上班（国庆节调休））"
    )
    assert changes.by_calendar(Clock(NATURAL, RECEIVED), NO_SHIFT, ANNOUNCED) is None


def test_a_changed_rule_moves_with_both_bases() -> None:
    """Another law, another day: both lengths and both sources are said."""
    newer = replace(NATURAL, value=20, basis="新办法")
    moved = changes.by_rule(Clock(NATURAL, RECEIVED), newer, ANNOUNCED)
    assert moved is not None
    assert moved.words == (
        "答复：10月13日 24:00 → 10月18日 24:00（15 个自然日，投诉办法 改为 20 个自然日，新办法）"
    )
    assert changes.by_rule(Clock(NATURAL, RECEIVED), NATURAL, ANNOUNCED) is None


def test_an_unknown_year_is_refused() -> None:
    """Nobody compares deadlines that cannot be computed."""
    late = Clock(WORKING, datetime(2026, 12, 28, 10, 0, tzinfo=SHANGHAI))
    with pytest.raises(CalendarMissing, match="2027"):
        changes.by_calendar(late, NO_SHIFT, ANNOUNCED)


def test_a_year_announced_later_gives_a_day() -> None:
    """Natural days need no year; a day of an unknown one is called unannounced."""
    early = replace(ANNOUNCED, years=frozenset({2026}))
    later = early.with_days({date(2027, 1, 1): SpecialDay(False, "元旦")}, frozenset({2027}))
    clock = Clock(NATURAL, datetime(2026, 12, 25, 10, 0, tzinfo=SHANGHAI))
    assert changes.by_calendar(clock, early, later) is None
    said = words.reason(clock, clock.read(later, clock.started or RECEIVED), later)
    assert "其间的元旦假期照算自然日" in said


def test_versions_are_told_apart() -> None:
    """Equal days have equal fingerprints; any day, name, year or hour makes another."""
    assert ANNOUNCED.fingerprint == shipped().fingerprint
    others = {
        NO_SHIFT.fingerprint,
        PLAIN.fingerprint,
        replace(ANNOUNCED, years=ANNOUNCED.years | {2027}).fingerprint,
        replace(ANNOUNCED, weekend=frozenset({5})).fingerprint,
        replace(ANNOUNCED, frames=ANNOUNCED.frames[:1]).fingerprint,
    }
    assert len(others) == 5
    assert ANNOUNCED.fingerprint not in others


def test_an_extension_is_said_with_approver_and_notice() -> None:
    """Who approved, why, and when the customer was told; untold it does not count."""
    rule = replace(NATURAL, notice=True)
    told = Extension(15, "主管李", "要调取录音", None, datetime(2026, 10, 9, 9, tzinfo=SHANGHAI))
    for extension, said in (
        (told, "经主管李批准延长 15 个自然日（要调取录音），10月9日 09:00 告知客户"),
        (replace(told, told_at=None), "，尚未告知客户，不算数"),
    ):
        clock = Clock(rule, RECEIVED, extensions=(extension,))
        assert said in words.reason(clock, clock.read(ANNOUNCED, RECEIVED), ANNOUNCED)


@given(st.integers(1, 40), st.integers(0, 280))
def test_more_days_off_never_make_it_earlier(amount: int, ahead: int) -> None:
    """A calendar with further holidays ends no sooner."""
    start = datetime(2026, 1, 1, 9, tzinfo=SHANGHAI)
    day = date.fromordinal(start.date().toordinal() + ahead)
    fewer = ANNOUNCED.with_days({day: SpecialDay(False, "停电")}, frozenset())
    rule = replace(WORKING, value=amount)
    first, then = Clock(rule, start).due(ANNOUNCED), Clock(rule, start).due(fewer)
    assert first is not None
    assert then is not None
    assert then >= first
    moved = changes.by_calendar(Clock(rule, start), ANNOUNCED, fewer)
    assert (moved is None) == (first == then)
