"""Complaints as the API shows them to those who work on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from bot.api import history
from bot.api.claim_views import ClockView, clock_view
from bot.api.complaint_writing import register
from bot.api.desk import Desk, Seen
from bot.api.history import EventView
from storage import complaint_parties
from storage.complaints_steps import OUTCOMES, POSITIONS, came_from
from storage.models.case import Complaint
from storage.rules.complaint_authority import authority
from storage.rules.complaint_states import machine
from storage.statuses import COMPLAINT_STATUSES
from storage.unit_of_work import UnitOfWork

_TOLD = ("story", "demand", "about", "reporter", "phone")


class ComplaintView(BaseModel):
    """A complaint with its legal date; ``rung`` tells how far up it went because it was late."""

    number: str
    status: str
    status_label: str
    severity: str
    category: str
    dispute: str
    capacity: str
    line: str
    channel: str
    owner: str
    next_step: str
    due_on: date
    due_at: datetime | None
    overdue: bool
    escalated_to: str
    received_at: datetime
    updated_at: datetime
    decision: str
    outcome: str
    position: str
    root_cause: str
    decided_at: datetime | None
    closed_at: datetime | None
    policy_number: str | None
    claim_number: str | None
    joined_to: str | None
    conversation: int | None
    marks: list[str]
    repeats: str
    story: str
    demand: str
    about: str
    reporter: str
    phone: str


class PartyView(BaseModel):
    """Somebody in a complaint."""

    role: str
    facts: dict[str, Any]


class ComplaintDetail(ComplaintView):
    """A complaint with its people, clocks and history, and where it may go."""

    facts: dict[str, Any]
    parties: list[PartyView]
    clocks: list[ClockView]
    next: list[str]
    joined: list[str]
    history: list[EventView]


def values(complaint: Complaint, now: datetime) -> dict[str, Any]:
    """Return the fields of the list."""
    label, step = COMPLAINT_STATUSES.get(complaint.status, (complaint.status, ""))
    facts = complaint.facts
    return {
        "number": complaint.number,
        "status": complaint.status,
        "status_label": label,
        "severity": complaint.severity,
        "category": complaint.category,
        "dispute": complaint.dispute or "其他",
        "capacity": complaint.capacity or "self",
        "line": complaint.line or "",
        "channel": complaint.channel,
        "owner": complaint.owner,
        "next_step": step,
        "due_on": complaint.due_on,
        "due_at": complaint.due_at,
        "overdue": complaint.due_at is not None and complaint.due_at <= now,
        "escalated_to": authority().who(complaint.rung) if complaint.rung else "",
        "received_at": complaint.received_at,
        "updated_at": complaint.updated_at,
        "decision": complaint.decision,
        "outcome": OUTCOMES.get(complaint.outcome or "", ""),
        "position": POSITIONS.get(complaint.position or "", ""),
        "root_cause": complaint.root_cause or "",
        "decided_at": complaint.decided_at,
        "closed_at": complaint.closed_at,
        "policy_number": complaint.policy_number,
        "claim_number": complaint.claim_number,
        "joined_to": complaint.joined_to,
        "conversation": complaint.conversation_id,
        "marks": list(facts.get("marks") or []),
        "repeats": str(facts.get("repeats") or ""),
        **{key: str(facts.get(key) or "") for key in _TOLD},
    }


def detail(uow: UnitOfWork, desk: Desk, complaint: Complaint) -> ComplaintDetail:
    """Return one complaint with all that belongs to it."""
    book = register(uow, desk)
    events = book.events(complaint)
    parties = complaint_parties.of(uow.session, complaint.number)
    shown = [PartyView(role=party.role, facts=party.facts) for party in parties]
    return ComplaintDetail.model_validate(
        {
            **values(complaint, desk.now),
            "facts": complaint.facts,
            "parties": [p for i, p in enumerate(shown) if p not in shown[:i]],
            "clocks": list(map(clock_view, book.clock_views(complaint))),
            "next": machine().next(complaint.status, came_from(events)),
            "joined": book.joined(complaint),
            "history": history.history(uow.session, complaint.number),
        }
    )


def seen(complaint: Complaint) -> Seen:
    """Return what the access log says about showing this complaint."""
    return Seen(f"complaint {complaint.number}", conversation_id=complaint.conversation_id)
