"""Plan the renewal reminders of a day; the words and the last check come when they leave."""

from __future__ import annotations

from datetime import datetime

from scheduler import waves
from scheduler.context import JobContext

TITLE = "续保提醒（到期前 30/15/7/1 天、当日、过期 1/7/30 天）"
CRON = "10 9 * * *"
CATCH_UP = "merge"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Plan what is due on the day of ``as_of``; safe to run twice."""
    return waves.run(context, "renewal", as_of, dry_run=dry_run)
