"""What a changed calendar or rule does to a clock, and why, in words a clerk can check; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.clockwork import words
from bot.clockwork.clocks import Clock, Rule
from bot.clockwork.workdays import WorkCalendar

_MOST_DAYS = 400
_NEVER = "算不出"


@dataclass(frozen=True)
class Moved:
    """A deadline before and after a change; ``why`` names the days or the rule that changed."""

    label: str
    before: datetime | None
    after: datetime | None
    why: str

    @property
    def words(self) -> str:
        """Return the change in one sentence."""
        first, then = (words.moment(at) if at else _NEVER for at in (self.before, self.after))
        return f"{self.label}：{first} → {then}（{self.why}）"


def by_calendar(clock: Clock, before: WorkCalendar, after: WorkCalendar) -> Moved | None:
    """Return how a deadline moves between two versions of the calendar; None where it stays."""
    first, then = clock.due(before), clock.due(after)
    if first == then or clock.started is None:
        return None
    last = max(at for at in (first, then) if at is not None)
    days = list(_days(clock.started.date(), words.due_on(last), before, after))
    why = "；".join(days) or "上班时段变了"
    return Moved(clock.rule.label, first, then, why)


def by_rule(clock: Clock, rule: Rule, calendar: WorkCalendar) -> Moved | None:
    """Return how a deadline moves under another rule; None where it stays."""
    changed = replace(clock, rule=rule)
    first, then = clock.due(calendar), changed.due(calendar)
    if first == then:
        return None
    old = f"{words.amount(clock.rule)}，{clock.rule.basis}"
    return Moved(rule.label, first, then, f"{old} 改为 {words.amount(rule)}，{rule.basis}")


def _days(first: date, last: date, before: WorkCalendar, after: WorkCalendar) -> Iterator[str]:
    """Name every day between that is worked in one version and not in the other."""
    for number in range(min((last - first).days, _MOST_DAYS) + 1):
        day = first + timedelta(days=number)
        was, will = _kind(before, day), _kind(after, day)
        if was != will:
            name = after.name(day) or before.name(day)
            said = f"{day.month}月{day.day}日 {was} → {will}"
            yield f"{said}（{name}）" if name else said


def _kind(calendar: WorkCalendar, day: date) -> str:
    if day.year not in calendar.years:
        return "未公布"
    return "上班" if calendar.works(day) else "休息"
