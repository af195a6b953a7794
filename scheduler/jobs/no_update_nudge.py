"""Nudge the owners of cases in which nothing has moved, again and again, until something does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from scheduler.context import JobContext
from scheduler.portions import each
from storage.models.case import Claim, Complaint, Ticket
from storage.rules import claim_states, complaint_states
from storage.rules.jobs import rules
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

TITLE = "没有新进展的案件、投诉：提醒负责人"
CRON = "40 8 * * *"
CATCH_UP = "merge"
_KINDS = {"CL": "claim_nudge", "CP": "complaint_nudge"}


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Nudge once for each span of silence; safe to run twice."""

    def do(uow: UnitOfWork, number: str) -> list[str]:
        return nudge(TicketBook(uow, context.cipher, context.settings, as_of, "system"), number)

    return each(context, lambda uow: _still(uow, as_of), do, dry_run=dry_run)


def _still(uow: UnitOfWork, now: datetime) -> Sequence[str]:
    spans = rules().no_update
    claims = select(Claim.number).where(
        Claim.status.not_in(sorted(claim_states.machine().over)),
        Claim.updated_at <= now - timedelta(days=spans.claim_days),
    )
    complaints = select(Complaint.number).where(
        Complaint.status.not_in(sorted(complaint_states.machine().over)),
        Complaint.updated_at <= now - timedelta(days=spans.complaint_days),
    )
    found = [*uow.session.scalars(claims.order_by(Claim.id))]
    return [*found, *uow.session.scalars(complaints.order_by(Complaint.id))]


def _locked(uow: UnitOfWork, number: str) -> Claim | Complaint | None:
    if number.startswith("CL"):
        claim = select(Claim).where(Claim.number == number)
        return uow.session.scalar(claim.with_for_update())
    complaint = select(Complaint).where(Complaint.number == number)
    return uow.session.scalar(complaint.with_for_update())


def nudge(book: TicketBook, number: str) -> list[str]:
    """Open a task for the owner of a case, once for each span without news."""
    case = _locked(book.uow, number)
    if case is None:
        return []
    spans = rules().no_update
    days = spans.claim_days if isinstance(case, Claim) else spans.complaint_days
    still = (book.now - case.updated_at).days
    round_ = still // days
    # What moved meanwhile is not still any more; a round is known by where its silence began.
    key = f"still:{number}:{case.updated_at:%Y%m%d%H%M%S}:{round_}"
    known = select(Ticket.id).where(Ticket.unique_key == key)
    if round_ < 1 or book.uow.session.scalar(known) is not None:
        return []
    words = f"{number}：{still} 天没有新进展，请{case.owner}处理并告诉客户"
    book.open_once(key, _KINDS[number[:2]], {"words": words, "who": case.owner}, number)
    return [words]
