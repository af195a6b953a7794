"""Make the evaluation of service of each period that is over, once, and tell whom it concerns."""

from __future__ import annotations

from datetime import datetime

from bot.reports.service import page
from bot.reports.service_pdf import paper
from scheduler.context import JobContext
from storage import claims_hooks, ledger_claims, ledger_promises, personal_notices
from storage.kpi.report import Report, report
from storage.rules.service_reports import rules
from storage.service_reports import Due, ServiceReports
from storage.unit_of_work import UnitOfWork

TITLE = "服务评估报告：月报、季报（S54、S27、S78）"
CRON = "40 6 * * *"
CATCH_UP = "merge"
_BY = "system"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Make what is due as of a day; safe to run twice, and to run late."""
    today = as_of.date()
    due = context.ways.read(lambda uow: list(ServiceReports(uow).due(today)))
    if dry_run:
        return [f"{one.kind.name(one.period)}：{one.why_not or '会做'}" for one in due]
    wanted = [one for one in due if not one.why_not]
    if wanted:
        context.ways.run(lambda uow: _judge(uow, context, as_of))
    return [line for one in wanted if (line := _make(context, one, as_of))]


def _judge(uow: UnitOfWork, context: JobContext, now: datetime) -> None:
    """What is late is in the figures although nobody has touched it."""
    ledger_promises.sweep(uow.session, uow.ledger, now)
    ledger_claims.sweep(uow, context.cipher, context.settings, now)


def _make(context: JobContext, due: Due, now: datetime) -> str:
    """Count and draw outside of the writing transaction: that takes seconds in a large branch."""
    title = due.kind.name(due.period)
    counted = context.ways.read(lambda uow: report(uow, due.period))
    drawn = page(counted, title).encode(), paper(counted, title, now)
    told = context.ways.run(lambda uow: _keep(uow, context, due, (counted, drawn), now))
    return f"{title}：已做好，告诉了 {told} 人" if told is not None else ""


def _keep(
    uow: UnitOfWork,
    context: JobContext,
    due: Due,
    made: tuple[Report, tuple[bytes, bytes]],
    now: datetime,
) -> int | None:
    kept = ServiceReports(uow).keep(due.kind, *made, (_BY, now))
    if kept is None:
        return None
    news = personal_notices.News(
        f"report:{kept.id}", f"{kept.title}做好了，请查看", f"/console/quality/reports/{kept.id}"
    )
    people = personal_notices.tell(uow, rules().tell, news, now)
    body = {"report": kept.id, "kind": kept.kind, "from": str(kept.first), "to": str(kept.last)}
    hooks = context.settings.webhooks
    claims_hooks.publish(uow, hooks, "report.made", f"RP{kept.id}", {"data": body}, now)
    return len(people)
