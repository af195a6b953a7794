"""Plan the reminders of premiums that are open."""

from __future__ import annotations

from datetime import datetime

from scheduler import waves
from scheduler.context import JobContext

TITLE = "缴费提醒（截止前 3/1/0 天）"
CRON = "15 9 * * *"
CATCH_UP = "merge"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Plan what is due on the day of ``as_of``; safe to run twice."""
    return waves.run(context, "payment", as_of, dry_run=dry_run)
