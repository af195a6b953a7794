"""The survey that waits for this customer, and what became of the question."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.kpi.definition import EVENT
from storage.ledger import Happening
from storage.models.case import Survey

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice
    from storage.unit_of_work import UnitOfWork

KIND = "survey"
_LEFT = ("sent", "unknown", "delivered")


def pending(office: TransactionBackOffice) -> str | None:
    """Return the key of the newest survey that waits for an answer."""
    survey = office.uow.cases.waiting_survey(office.conversation.id, office.at)
    return survey.key if survey else None


def touch_of(survey: Survey) -> str:
    """Return the key under which the question is sent."""
    return f"{KIND}:{survey.key}"


def ended(uow: UnitOfWork, touch: str, status: str, reason: str, now: datetime) -> None:
    """Hear how the question ended: it counts as asked once it has left, else with the reason."""
    query = select(Survey).where(Survey.key == touch.removeprefix(f"{KIND}:"))
    survey = uow.session.scalar(query.with_for_update())
    if survey is None:
        return
    if status in _LEFT:
        asked(uow, survey, now)
    elif survey.status == "sent":
        survey.status, survey.reason = "skipped", reason[:64]
        row = told("survey.skipped", survey, now)
        uow.ledger.add(row._replace(result=reason[:64], key=f"skip:{survey.key}"[:128]))


def asked(uow: UnitOfWork, survey: Survey, now: datetime) -> None:
    """Tell the ledger, once, that this customer was asked; the time to answer begins now."""
    row = told("survey.sent", survey, now)
    known = select(EVENT.c.id).where(
        EVENT.c.kind == row.kind, EVENT.c.case_number == row.case_number
    )
    if uow.connection.execute(known.limit(1)).first() is not None:
        return
    uow.ledger.add(row._replace(key=f"asked:{survey.id}"))
    if survey.status == "sent":
        late, survey.sent_at = now - survey.sent_at, now
        survey.expires_at = survey.expires_at and survey.expires_at + late


def told(kind: str, survey: Survey, at: datetime) -> Happening:
    """Return what the ledger hears of a survey."""
    return Happening(
        kind, at, survey.conversation_id, f"SV{survey.id}", survey.agent or "", label=survey.about
    )
