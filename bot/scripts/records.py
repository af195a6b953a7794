"""Read what a played conversation left behind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from storage.models.application import Application
from storage.models.case import Claim, Complaint, Handoff, Survey, Ticket
from storage.models.customer import AccessLog, OptOut
from storage.unit_of_work import UnitOfWork

_INVALID = ("withdrawn", "cancelled")


def records(uow: UnitOfWork) -> dict[str, Any]:
    """Return the stored records in the shape of the contract."""
    session = uow.session
    claims = session.scalars(select(Claim).order_by(Claim.id)).all()
    complaints = session.scalars(select(Complaint).order_by(Complaint.id)).all()
    handoffs = session.scalars(select(Handoff).order_by(Handoff.id)).all()
    surveys = session.scalars(select(Survey).where(Survey.status == "answered")).all()
    shown = select(func.count()).where(AccessLog.what.startswith("policy "))
    return {
        "claims": [_claim(uow, c) for c in claims if c.status not in _INVALID],
        "complaints": [_complaint(c) for c in complaints],
        "handoffs": len(handoffs),
        "handoff_levels": [h.level for h in handoffs],
        "surveys": [{"about": s.about, "score": s.score} for s in surveys],
        "callbacks": [
            {"number": t.number}
            for t in session.scalars(select(Ticket).where(Ticket.kind == "callback"))
        ],
        "tickets": [{"number": t.number, "kind": t.kind} for t in session.scalars(select(Ticket))],
        "applications": [
            {**a.facts, "number": a.number, "status": a.status, "partner": a.partner}
            for a in session.scalars(select(Application).order_by(Application.id))
        ],
        "unsubscribed": sorted(session.scalars(select(OptOut.category))),
        "policies_disclosed": bool(session.scalar(shown)),
    }


def _claim(uow: UnitOfWork, claim: Claim) -> dict[str, Any]:
    photos = uow.cases.photos_of(claim.number)
    own = {"number": claim.number, "line": claim.line, "status": claim.status}
    return {**claim.facts, **own, "photos": photos}


def _complaint(complaint: Complaint) -> dict[str, Any]:
    return {
        **complaint.facts,
        "number": complaint.number,
        "severity": complaint.severity,
        "category": complaint.category,
        "status": complaint.status,
    }
