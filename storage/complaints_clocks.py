"""The clocks of a complaint, worked out anew from its events and the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import SHANGHAI
from bot.clockwork.clocks import Clock, Event, Extension, run
from bot.settings import Deadlines
from storage.models.case import CaseEvent, Complaint
from storage.rules.complaint_clocks import rules_for
from storage.rules.complaint_states import machine


@dataclass(frozen=True)
class Told:
    """An event of a complaint with what was written down."""

    kind: str
    at: datetime
    actor: str
    data: dict[str, Any]


def events_of(session: Session, number: str) -> list[Told]:
    """Return what happened, in the order it was written down."""
    query = select(CaseEvent).where(CaseEvent.case_number == number).order_by(CaseEvent.id)
    return [Told(e.kind, e.at, e.actor, e.data) for e in session.scalars(query)]


def tags(complaint: Complaint) -> frozenset[str]:
    """Return what the rules look at."""
    found = {complaint.severity}
    if complaint.facts.get("phone") or complaint.conversation_id is not None:
        found.add("reachable")
    if complaint.channel == "regulator":
        found.add("regulator")
    return frozenset(found)


def clocks(complaint: Complaint, events: Sequence[Told], deadlines: Deadlines) -> list[Clock]:
    """Return the clocks of a complaint by the rules in force when it was received."""
    on = complaint.received_at.astimezone(SHANGHAI).date()
    history = [Event(event.kind, event.at) for event in events]
    if not any(event.kind == "received" for event in history):
        history.insert(0, Event("received", complaint.received_at))
    states = machine().states | {"reopened"}
    return [
        run(rule, history, states, _extensions(events) if rule.notice else ())
        for rule in rules_for(tags(complaint), on, deadlines)
    ]


def _extensions(events: Sequence[Told]) -> tuple[Extension, ...]:
    """Return what was granted since the complaint was last taken up."""
    granted: list[Extension] = []
    for event in events:
        if event.kind == "reopened":
            granted.clear()
        if event.kind == "extended" and "days" in event.data:
            granted.append(_extension(event))
    return tuple(granted)


def _extension(event: Told) -> Extension:
    data = event.data
    told = event.at if data.get("told_by") else None
    return Extension(int(data["days"]), data["by"], data["reason"], event.at, told)
