"""Runs a scheduled job on a branch as if it were some moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.clock import SHANGHAI
from scheduler.context import JobContext
from scheduler.registry import find_jobs
from storage.models.case import Ticket
from tests.storage.claims_kit import Desk


def at(moment: str) -> datetime:
    """Return a moment of Shanghai."""
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


def run(desk: Desk, name: str, moment: str, *, dry_run: bool = False) -> list[str]:
    """Run a job by its name, as `anda jobs run` and the timetable do."""
    context = JobContext(desk.ways, desk.settings, desk.cipher)
    return find_jobs()[name].run(context, at(moment), dry_run=dry_run)


def tickets(desk: Desk, kind: str) -> list[Ticket]:
    """Return the tickets of a kind, oldest first."""
    query = select(Ticket).where(Ticket.kind == kind).order_by(Ticket.id)
    return desk.ways.read(lambda uow: list(uow.session.scalars(query)))
