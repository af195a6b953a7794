"""Remind of documents on day 3, 7 and 15 after the one complete notice (domain.md 9.2, C04)."""

from __future__ import annotations

from datetime import datetime

from scheduler.context import JobContext
from scheduler.portions import each
from scheduler.releases import foretold
from storage import claims_owed
from storage.claims_register import Register
from storage.claims_reminders import KIND
from storage.unit_of_work import UnitOfWork

TITLE = "催材料（一次性通知后第 3/7/15 天）"
CRON = "25 * * * *"
CATCH_UP = "merge"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Plan what is lacking and merge what piled up; a dry run tells what leaves by tomorrow."""

    def do(uow: UnitOfWork, number: str) -> list[str]:
        book = Register(uow, context.cipher, context.settings, as_of, "system")
        return claims_owed.mend_reminders(book, number)

    lines = each(context, claims_owed.lacking_documents, do, dry_run=dry_run)
    return [*lines, *foretold(context, (KIND,), as_of)] if dry_run else lines
