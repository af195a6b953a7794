"""Ask customers what they think of us: per episode and once a quarter; safe to run twice."""

from __future__ import annotations

from datetime import datetime

from storage import survey_plan
from storage.unit_of_work import UnitOfWork

TITLE = "问客户满意不满意"
CRON = "*/10 * * * *"


def run(uow: UnitOfWork, now: datetime) -> None:
    """Close what nobody answered in time, then ask whoever is due."""
    survey_plan.expire(uow, now)
    survey_plan.run(uow, now)


def dry_run(uow: UnitOfWork, now: datetime) -> list[tuple[str, str]]:
    """Return (occasion, why not): what :func:`run` would do, '' where it would ask."""
    return [(occasion.key, occasion.why_not) for occasion in survey_plan.plan(uow, now)]
