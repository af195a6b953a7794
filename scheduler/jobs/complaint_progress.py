"""Tell complainants who have heard nothing for days that their complaint is worked on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from scheduler.context import JobContext
from scheduler.portions import each
from storage.complaints_register import ComplaintRegister
from storage.models.case import Complaint
from storage.notices import polite
from storage.rules.complaint_states import machine
from storage.rules.jobs import rules
from storage.unit_of_work import UnitOfWork

TITLE = "投诉进展：久没消息的主动说一声"
CRON = "0 10 * * *"
CATCH_UP = "merge"
_TOLD = "progress_told"
# Events of which the complainant heard.
_HEARD = ("receipt", "contacted", "progress", "request", "extended", "called_back", _TOLD)


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Tell whoever has heard nothing for so many days; safe to run twice."""
    if polite(as_of) != as_of:
        # Made up for at night after an outage: tomorrow at ten is early enough.
        return ["静默时段，明天再告诉"]

    def do(uow: UnitOfWork, number: str) -> list[str]:
        return tell(
            ComplaintRegister(uow, context.cipher, context.settings, as_of, "system"), number
        )

    return each(context, lambda uow: _ours(uow, as_of), do, dry_run=dry_run)


def _ours(uow: UnitOfWork, now: datetime) -> Sequence[str]:
    query = select(Complaint.number).where(
        Complaint.status.not_in(sorted(machine().over)),
        Complaint.received_at <= now - timedelta(days=rules().complaint_progress.days),
        Complaint.decided_at.is_(None),
    )
    return uow.session.scalars(query.order_by(Complaint.id)).all()


def tell(register: ComplaintRegister, number: str) -> list[str]:
    """Owe one complainant a word unless they were told something lately."""
    complaint = register.locked(number)
    if complaint is None or complaint.status in machine().over or complaint.decided_at:
        return []
    last = max([complaint.received_at, *_told(register, complaint)])
    if register.now - last < timedelta(days=rules().complaint_progress.days):
        return []
    way = register.notify(complaint, "waiting")
    if not way:
        return [f"{number}：投诉人没有留下联系方式，不发"]
    register.note(complaint, _TOLD, {"way": way})
    return [f"{number}：{complaint.owner}还在办，告诉投诉人（{way}）"]


def _told(register: ComplaintRegister, complaint: Complaint) -> list[datetime]:
    """Return when the complainant heard of us."""
    return [event.at for event in register.events(complaint) if event.kind in _HEARD]
