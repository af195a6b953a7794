"""The clocks of a claim, worked out anew from its events and the rules: nothing to go stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import SHANGHAI
from bot.clockwork import words
from bot.clockwork.clocks import Clock, Event, run
from bot.clockwork.workdays import WorkCalendar
from bot.errors import CalendarMissing
from bot.settings import Deadlines
from storage.models.case import CaseEvent, Claim
from storage.models.policy import Policy
from storage.rules import claim_tracks
from storage.rules.claim_clocks import HAPPENED, POLICE_REPORTED, rules_for, told
from storage.rules.claim_states import machine

LATE = "办了，晚了"


@dataclass(frozen=True)
class ClockView:
    """A clock as staff see it. ``state`` is unknown where the calendar does not reach."""

    code: str
    label: str
    side: str
    state: str
    state_label: str
    due_at: datetime | None
    warnings: tuple[datetime, ...]
    reason: str


def case_of(claim: Claim) -> claim_tracks.Case:
    """Return what the rules look at."""
    score = int((claim.signals or {}).get("score", 0))
    return claim_tracks.Case(claim.line, claim.facts, claim.estimate_fen, score)


def events_of(session: Session, claim: Claim) -> list[Event]:
    """Return what happened to a claim, in the order it was written down."""
    query = select(CaseEvent.kind, CaseEvent.at).where(CaseEvent.case_number == claim.number)
    found = [Event(kind, at) for kind, at in session.execute(query.order_by(CaseEvent.id))]
    return [*_before(claim), *found]


def _before(claim: Claim) -> list[Event]:
    """Return what the facts tell of before the report."""
    found = []
    if happened := happened_at(claim.facts.get("happened_at")):
        found.append(Event(HAPPENED, happened))
    if claim.facts.get("police_reported"):
        found.append(Event(POLICE_REPORTED, claim.reported_at))
    return found


def happened_at(raw: Any) -> datetime | None:
    """Return the time of the accident, None where none is known."""
    try:
        found = datetime.fromisoformat(str(raw))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def compulsory(session: Session, claim: Claim) -> bool:
    """Tell whether the claim is on a policy of compulsory cover."""
    if not claim.policy_number:
        return False
    query = select(Policy.details).where(Policy.number == claim.policy_number)
    details: dict[str, Any] = session.scalar(query) or {}
    return details.get("kind") == "compulsory"


def clocks(session: Session, claim: Claim, deadlines: Deadlines) -> list[Clock]:
    """Return the clocks of a claim by the rules in force when it was reported."""
    found = claim_tracks.tags(
        case_of(claim), claim.track or "normal", compulsory=compulsory(session, claim)
    )
    if claim.severity == "P0":
        found |= {"urgent"}
    on = claim.reported_at.astimezone(SHANGHAI).date()
    events = events_of(session, claim)
    states = machine().states
    return [run(rule, events, states) for rule in rules_for(found, on, deadlines)]


def views(found: Sequence[Clock], calendar: WorkCalendar, now: datetime) -> list[ClockView]:
    """Return the clocks in words."""
    return [_view(clock, calendar, now) for clock in found]


def _view(clock: Clock, calendar: WorkCalendar, now: datetime) -> ClockView:
    rule = clock.rule
    try:
        reading = clock.read(calendar, now)
        reason = words.reason(clock, reading, calendar)
    except CalendarMissing as error:
        # The claim goes on; whoever looks at it reads what to do.
        return ClockView(
            rule.code, rule.label, rule.side, "unknown", "算不出", None, (), str(error)
        )
    # Done late is over: it is told, and alarms nobody any more.
    late = reading.state == "missed" and clock.stopped is not None and clock.stopped <= now
    state, label = ("late", LATE) if late else (reading.state, words.STATES[reading.state])
    return ClockView(
        rule.code, rule.label, rule.side, state, label, reading.due_at,
        reading.warnings, reason,
    )  # fmt: skip


def next_due(
    found: Sequence[Clock], calendar: WorkCalendar, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return when our next duty is due, and the next one that a customer is told of.

    A duty that was missed and is still open counts too.
    """
    ends = [
        (view.due_at, view.code)
        for view, clock in zip(views(found, calendar, now), found, strict=True)
        if clock.rule.side == "us"
        and clock.stopped is None
        and view.state in ("running", "missed")
        and view.due_at
    ]
    known = told()
    return (
        min((end for end, _ in ends), default=None),
        min((end for end, code in ends if code in known), default=None),
    )
