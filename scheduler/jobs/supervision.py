"""Keep the record of service up to date: late promises, forbidden words, feedback, the stock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot import feedback
from scheduler.context import JobContext
from storage import ledger_claims, ledger_promises, promise_check
from storage.ledger import Happening
from storage.models.policy import Policy
from storage.unit_of_work import UnitOfWork

TITLE = "服务监督：承诺到点、用语、反馈归组、存量"
CRON = "*/30 * * * *"
_LOOK_BACK = timedelta(days=2)


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Sweep as of a moment."""
    if dry_run:
        return ["逐项巡查，重复运行不会重复记"]
    context.ways.run(lambda uow: sweep(uow, context, as_of))
    return ["已巡查"]


def sweep(uow: UnitOfWork, context: JobContext, now: datetime) -> None:
    """Sweep; every part is safe to run twice."""
    ledger_promises.sweep(uow.session, uow.ledger, now)
    ledger_claims.sweep(uow, context.cipher, context.settings, now)
    promise_check.run(uow, now - _LOOK_BACK)
    feedback.sort(uow, now, now - _LOOK_BACK)
    _count_policies(uow, now)


def _count_policies(uow: UnitOfWork, now: datetime) -> None:
    """Write down once a day how many policies are in force: complaints are counted per 10 000."""
    today = now.date()
    query = select(func.count()).where(Policy.starts_at <= now, Policy.ends_on >= today)
    uow.ledger.add(
        Happening(
            "stock",
            now,
            label="policies",
            value=int(uow.session.scalar(query) or 0),
            key=f"stock:policies:{today}",
        )
    )
