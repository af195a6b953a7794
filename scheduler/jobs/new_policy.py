"""Plan what follows the issue of a policy: its delivery, and the call after a week."""

from __future__ import annotations

from datetime import datetime

from scheduler import waves
from scheduler.context import JobContext

TITLE = "承保之后：电子保单送达、第 7 天回访（S15）"
CRON = "20 9 * * *"
CATCH_UP = "merge"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Plan what is due on the day of ``as_of``; safe to run twice."""
    return waves.run(context, "issued", as_of, dry_run=dry_run)
