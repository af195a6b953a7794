"""Legal and promised clocks: when something is due, how far it is, and why; pure.

A clock has a rule (data), a start, perhaps an end, pauses and extensions. Units: minutes and
hours run on; years end with the same day (periods of law, which no pause of ours stops); days
count from the day after the start and end at midnight; working hours run
inside the work frames only; working days count working days and end when work ends. A day is
used up unless the clock is paused at its midnight, so a pause within one day costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from bot.clock import SHANGHAI
from bot.clockwork.workdays import ONE_DAY, WorkCalendar

Unit = Literal["minute", "hour", "day", "working_hour", "working_day", "year"]
State = Literal["not_started", "running", "paused", "met", "missed"]
_LENGTH: Final = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)} | {
    "working_hour": timedelta(hours=1)
}
UNITS: Final = ("minute", "hour", "day", "working_hour", "working_day", "year")


@dataclass(frozen=True)
class Rule:
    """A deadline as data. ``start`` and ``stop`` are kinds of events, ``pauses`` maps kinds to why.

    ``warn`` are amounts of the unit before the end. ``restarts`` begins anew at every start
    event. ``on_day_off`` moves an end on a day off to the next working day. ``side`` tells whose
    duty it is; a ``wait`` is nobody's: it is met when its time is up.
    """

    code: str
    label: str
    value: int
    unit: Unit
    start: tuple[str, ...]
    stop: tuple[str, ...]
    basis: str
    start_label: str = ""
    valid_from: date = date.min
    warn: tuple[int, ...] = ()
    pauses: dict[str, str] = field(default_factory=dict)
    restarts: bool = False
    on_day_off: Literal["keep", "next"] = "keep"
    side: Literal["us", "customer", "wait"] = "us"
    begins: Literal["", "same_day", "next_opening"] = ""
    notice: bool = False


@dataclass(frozen=True)
class Pause:
    """The clock stands still from ``since`` until ``until``, or still."""

    since: datetime
    until: datetime | None
    why: str = ""


@dataclass(frozen=True)
class Extension:
    """An approved prolongation in the unit of the rule; ``told_at`` is the notice of it."""

    amount: int
    by: str
    why: str
    approved_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True)
class Reading:
    """A clock looked at: ``due_at`` is None before the start and while it stands still."""

    state: State
    due_at: datetime | None = None
    warnings: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Clock:
    """One clock of one case."""

    rule: Rule
    started: datetime | None
    stopped: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()

    @property
    def amount(self) -> int:
        """Return the length in units of the rule, extensions included."""
        return self.rule.value + sum(extension.amount for extension in self.in_force)

    @property
    def in_force(self) -> tuple[Extension, ...]:
        """Return the extensions that count: those the customer knows of, where that matters."""
        return tuple(e for e in self.extensions if e.told_at or not self.rule.notice)

    def due(self, calendar: WorkCalendar) -> datetime | None:
        """Return when the time is up; None before the start and while it stands still."""
        return self._after(calendar, self.amount)

    def _after(self, calendar: WorkCalendar, amount: int) -> datetime | None:
        if self.started is None:
            return None
        start = begin(self.rule, self.started, calendar)
        return due(amount, self.rule.unit, start, self.pauses, calendar, self.rule.on_day_off)

    def read(self, calendar: WorkCalendar, now: datetime) -> Reading:
        """Return the state at ``now``; raise CalendarMissing where a year is not known."""
        if self.started is None or self.started > now:
            return Reading("not_started")
        due_at = self.due(calendar)
        if self.stopped is not None and self.stopped <= now:
            late = due_at is not None and self.stopped > due_at
            return Reading("missed" if late else "met", due_at)
        if due_at is None:
            return Reading("paused")
        over: State = "met" if self.rule.side == "wait" else "missed"
        state: State = over if now >= due_at else self._running(now)
        return Reading(state, due_at, tuple(self._warnings(calendar)))

    def _running(self, now: datetime) -> State:
        standing = any(p.since <= now and (p.until is None or now < p.until) for p in self.pauses)
        return "paused" if standing else "running"

    def _warnings(self, calendar: WorkCalendar) -> Iterator[datetime]:
        for before in self.rule.warn:
            if self.amount > before and (at := self._after(calendar, self.amount - before)):
                yield at


def begin(rule: Rule, started: datetime, calendar: WorkCalendar) -> datetime:
    """Return the moment from which the rule counts what started then."""
    if rule.begins == "same_day":
        return started - ONE_DAY
    if rule.begins == "next_opening":
        return next(calendar.spans(started))[0]
    return started


def due(
    amount: int,
    unit: Unit,
    start: datetime,
    pauses: Iterable[Pause],
    calendar: WorkCalendar,
    on_day_off: str = "keep",
) -> datetime | None:
    """Return the end of ``amount`` units after ``start``; None while an open pause is reached."""
    if amount < 1:
        raise ValueError(f"a clock of {amount} units has no end")
    start = start.astimezone(SHANGHAI)
    if unit == "year":
        return _anniversary(start.date(), amount)
    stops = _merged(pauses, start)
    if unit in _LENGTH:
        spans = calendar.spans(start) if unit == "working_hour" else iter([(start, _NEVER)])
        return _timed(amount * _LENGTH[unit], _without(spans, stops))
    return _counted(amount, unit, start.date(), stops, calendar, on_day_off)


_NEVER: Final = datetime(9000, 1, 1, tzinfo=SHANGHAI)
Span = tuple[datetime, datetime]


def _merged(pauses: Iterable[Pause], start: datetime) -> list[Span]:
    """Return the standstills after ``start`` in order and without overlaps."""
    merged: list[Span] = []
    for pause in sorted(pauses, key=lambda pause: pause.since):
        since, until = max(pause.since, start), pause.until or _NEVER
        if until <= since:
            continue
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return [(a.astimezone(SHANGHAI), b.astimezone(SHANGHAI)) for a, b in merged]


def _without(spans: Iterator[Span], stops: Sequence[Span]) -> Iterator[Span]:
    """Yield what is left of ``spans`` outside ``stops``; end where nothing can follow."""
    for opens, closes in spans:
        at = opens
        for since, until in stops:
            if until <= at or since >= closes:
                continue
            if since > at:
                yield at, since
            at = until
            if until >= _NEVER:
                return
        if at < closes:
            yield at, closes


def _anniversary(day: date, years: int) -> datetime:
    """Return the end of the same day of a later year; 29 February becomes the 28th."""
    leap = (day.month, day.day) == (2, 29)
    last = day.replace(year=day.year + years, day=28 if leap else day.day)
    return datetime.combine(last + ONE_DAY, time(), SHANGHAI)


def _timed(length: timedelta, spans: Iterator[Span]) -> datetime | None:
    for opens, closes in spans:
        if closes - opens >= length:
            return opens + length
        length -= closes - opens
    return None


def _counted(
    amount: int,
    unit: Unit,
    day: date,
    stops: Sequence[Span],
    calendar: WorkCalendar,
    on_day_off: str,
) -> datetime | None:
    while amount:
        day += ONE_DAY
        if any(since.date() <= day and until >= _NEVER for since, until in stops):
            return None
        stands = any(since.date() <= day < until.date() for since, until in stops)
        amount -= not stands and (unit == "day" or calendar.works(day))
    if unit == "working_day":
        return calendar.closing(day)
    if on_day_off == "next":
        day = calendar.next_working(day)
    return datetime.combine(day + ONE_DAY, time(), SHANGHAI)


@dataclass(frozen=True)
class Event:
    """Something that happened to a case and may start, stop or pause its clocks."""

    kind: str
    at: datetime


def run(
    rule: Rule,
    events: Sequence[Event],
    states: frozenset[str],
    extensions: tuple[Extension, ...] = (),
) -> Clock:
    """Return the clock that ``rule`` makes of a history in order; a state ends a pause."""
    starts = [i for i, event in enumerate(events) if event.kind in rule.start]
    if not starts:
        return Clock(rule, None)
    first = starts[-1] if rule.restarts else starts[0]
    later = events[first + 1 :]
    end = next((i for i, event in enumerate(later) if event.kind in rule.stop), None)
    counted = later if end is None else later[: end + 1]
    pauses = tuple(_pauses(rule, events[first].at, counted, states))
    stopped = None if end is None else later[end].at
    return Clock(rule, events[first].at, stopped, pauses, extensions)


def _pauses(
    rule: Rule, start: datetime, events: Sequence[Event], states: frozenset[str]
) -> Iterator[Pause]:
    for i, event in enumerate(events):
        if event.kind in rule.pauses:
            until = next((later.at for later in events[i + 1 :] if later.kind in states), None)
            yield Pause(max(event.at, start), until, rule.pauses[event.kind])


def current(rules: Iterable[Rule], on: date) -> dict[str, Rule]:
    """Return the rule of each code that was in force on a day."""
    newest: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda rule: rule.valid_from):
        if rule.valid_from <= on:
            newest[rule.code] = rule
    return newest
