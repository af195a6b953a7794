"""Ask customers what they think of us: per episode and once a quarter; safe to run twice."""

from __future__ import annotations

from datetime import datetime

from scheduler.context import JobContext
from storage import survey_plan
from storage.unit_of_work import UnitOfWork

TITLE = "满意度回访与定期调查"
CRON = "*/10 * * * *"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Close what nobody answered in time, then ask whoever is due."""
    if dry_run:
        found = context.ways.read(lambda uow: rehearse(uow, as_of))
        return [f"{key}\t{why_not or '会问'}" for key, why_not in found]
    asked, skipped = context.ways.run(lambda uow: ask(uow, as_of))
    # What only waits (somebody is served, or a question lies open) is looked at again next time.
    later = len(context.ways.read(lambda uow: rehearse(uow, as_of)))
    return [f"问了 {asked} 位，不问 {skipped} 位，先等等 {later} 位"]


def ask(uow: UnitOfWork, now: datetime) -> tuple[int, int]:
    """Do it in one transaction; return (asked, not asked)."""
    survey_plan.expire(uow, now)
    return survey_plan.run(uow, now)


def rehearse(uow: UnitOfWork, now: datetime) -> list[tuple[str, str]]:
    """Return (occasion, why not): what :func:`ask` would do, '' where it would ask."""
    return [(occasion.key, occasion.why_not) for occasion in survey_plan.plan(uow, now)]
