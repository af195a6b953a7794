"""Nobody waits in silence (S24): the pushes and nudges of large claims are there, and once each."""

from __future__ import annotations

from datetime import datetime

from scheduler.context import JobContext
from scheduler.portions import each
from scheduler.releases import foretold
from storage import claims_owed
from storage.claims_register import Register
from storage.claims_silence import NUDGE, PUSH
from storage.unit_of_work import UnitOfWork

TITLE = "大额复杂案件：给客户的进展、给负责人的提醒"
CRON = "20 * * * *"
CATCH_UP = "merge"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Plan what is lacking and merge what piled up; a dry run tells what leaves by tomorrow."""

    def do(uow: UnitOfWork, number: str) -> list[str]:
        book = Register(uow, context.cipher, context.settings, as_of, "system")
        return claims_owed.mend_silence(book, number)

    lines = each(context, claims_owed.complex_claims, do, dry_run=dry_run)
    return [*lines, *foretold(context, (PUSH, NUDGE), as_of)] if dry_run else lines
