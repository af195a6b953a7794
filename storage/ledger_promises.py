"""Promises with one date, tickets and complaints: kept or broken, told to the ledger."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import SHANGHAI
from storage.ledger import Ledger
from storage.ledger_clocks import Promise, promised
from storage.models.case import Complaint, Ticket

COMPLAINT: Final = "complaint_decision"
# With these a complaint is answered; a withdrawn one is in no figure at all.
COMPLAINT_DONE: Final = ("decided", "closed")
COMPLAINT_OVER: Final = (
    *COMPLAINT_DONE,
    "withdrawn",
    "transferred",
    "merged",
    "review",
    "mediation",
)
_TICKET_DONE: Final = ("done", "closed", "cancelled")
# While the customer has to say something, nothing of ours is late.
_TICKET_RESTS: Final = (*_TICKET_DONE, "waiting_customer", "restricted")


def noted(session: Session, ledger: Ledger, number: str, kind: str, at: datetime) -> None:
    """Judge the promise that a note in a history fulfils."""
    promise = None
    if number.startswith("CP") and kind in COMPLAINT_DONE:
        complaint = session.scalar(select(Complaint).where(Complaint.number == number))
        promise = _of_complaint(ledger, complaint) if complaint else None
    if number.startswith("TK") and kind in _TICKET_DONE:
        ticket = session.scalar(select(Ticket).where(Ticket.number == number))
        promise = _of_ticket(ticket) if ticket else None
    if promise:
        promised(ledger, promise, at)


def sweep(session: Session, ledger: Ledger, now: datetime) -> int:
    """Write down every ticket and complaint that is open past its date; return how many."""
    late = session.scalars(
        select(Ticket).where(Ticket.due_at < now, Ticket.status.not_in(_TICKET_RESTS))
    ).all()
    due = select(Complaint).where(
        Complaint.due_on < now.date(), Complaint.status.not_in(COMPLAINT_OVER)
    )
    overdue = session.scalars(due).all()
    promises = [*map(_of_ticket, late), *(_of_complaint(ledger, c) for c in overdue)]
    for promise in promises:
        promised(ledger, promise, None)
    return len(promises)


def _of_ticket(ticket: Ticket) -> Promise:
    return Promise(
        ticket.number,
        f"ticket:{ticket.kind}"[:64],
        ticket.opened_at,
        ticket.due_at,
        conversation_id=ticket.conversation_id,
    )


def _of_complaint(ledger: Ledger, complaint: Complaint) -> Promise:
    """The date of a complaint ends at midnight; a group that owns it is a team."""
    due = datetime.combine(complaint.due_on + timedelta(days=1), time(), SHANGHAI)
    owner = complaint.owner
    actor, team = (owner, "") if ledger.team(owner) else ("", owner[:64])
    return Promise(
        complaint.number,
        COMPLAINT,
        complaint.received_at,
        due,
        actor,
        team,
        complaint.conversation_id,
        complaint.channel,
        complaint.category,
    )
