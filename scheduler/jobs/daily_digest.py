"""Every morning supervisors read what yesterday was, what is late and who waits; once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler.context import JobContext
from storage import digest, staff_notices
from storage.staff_notices import LEAD, Word
from storage.unit_of_work import UnitOfWork

TITLE = "给主管的每日简报"
CRON = "30 8 * * *"
# Of a morning that has passed nobody wants to read; the next one brings it all.
CATCH_UP = "merge"
KIND = "digest"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Write the digest of the day before; the second run of a day writes nothing."""
    if dry_run:
        return context.ways.read(lambda uow: _lines(uow, as_of))
    return context.ways.run(lambda uow: _write(context, uow, as_of))


def _lines(uow: UnitOfWork, now: datetime) -> list[str]:
    return digest.lines(uow, now.date() - timedelta(days=1), now)


def _write(context: JobContext, uow: UnitOfWork, now: datetime) -> list[str]:
    found = _lines(uow, now)
    title = f"每日简报 {now.date() - timedelta(days=1)}"
    word = Word(f"{KIND}:{now.date()}", KIND, LEAD, title, found, {})
    new = staff_notices.put(uow, word, now, context.settings.webhooks)
    return found if new else ["今天的简报已经发过"]
