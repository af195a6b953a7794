"""A new day, a new quota: what waited for it goes on, and staff hear of a day that was tight."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select, update

from scheduler.context import JobContext
from storage import staff_notices
from storage.models.base import table_of
from storage.models.outbound import QuotaUse
from storage.models.outbox import OutboxItem
from storage.rules import jobs
from storage.rules.outbound import rules
from storage.staff_notices import LEAD, Word
from storage.unit_of_work import UnitOfWork

TITLE = "平台配额：新的一天重新算，昨天快用完的告诉主管"
CRON = "1 0 * * *"
CATCH_UP = "merge"
_quota, _item = table_of(QuotaUse), table_of(OutboxItem)
WAITS = "当日配额用完"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Begin the day of ``as_of``; safe to run twice."""
    way = context.ways.read if dry_run else context.ways.run
    return way(lambda uow: _work(context, uow, as_of))


def _work(context: JobContext, uow: UnitOfWork, now: datetime) -> list[str]:
    today = now.date()
    lines = _tight(uow, today - timedelta(days=1))
    if lines:
        title = f"昨天（{today - timedelta(days=1)}）有渠道的配额快用完了"
        word = Word(f"quota:{today}", "quota", LEAD, title, lines, {})
        staff_notices.put(uow, word, now, context.settings.webhooks)
    if freed := _freed(uow, now):
        lines.append(f"等配额的 {freed} 条继续发")
    keep = today - timedelta(days=jobs.rules().quota.keep_days)
    uow.connection.execute(delete(_quota).where(_quota.c.day < keep))
    return lines


def _tight(uow: UnitOfWork, day: date) -> list[str]:
    query = select(_quota.c.way, _quota.c.used).where(_quota.c.day == day).order_by(_quota.c.way)
    found = []
    for way, used in uow.connection.execute(query):
        most = rules().quota.get(way)
        if most and used >= most * jobs.rules().quota.warn_share:
            found.append(f"{way}：用了 {used}，每天 {most}（{used / most:.0%}）")
    return found


def _freed(uow: UnitOfWork, now: datetime) -> int:
    """What waits for a quota is due now: a clock that was put back must not hold it for a day."""
    used = select(func.coalesce(func.sum(_quota.c.used), 0)).where(_quota.c.day == now.date())
    if uow.connection.execute(used).scalar():
        return 0
    waiting = update(_item).where(
        _item.c.status == "planned", _item.c.reason == WAITS, _item.c.due_at > now
    )
    return uow.connection.execute(waiting.values(due_at=now)).rowcount
