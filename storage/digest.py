"""The daily digest: yesterday in figures, what is late, who waits; numbers only, nobody's data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from storage.kpi import figures
from storage.kpi.definition import Period
from storage.kpi.report import shown
from storage.models.case import Claim, Complaint, Handoff, Survey, Ticket
from storage.models.conversation import Conversation
from storage.models.knowledge import KbMiss
from storage.models.outbound import JobRun
from storage.models.outbox import OutboxItem
from storage.rules import claim_states, complaint_states
from storage.unit_of_work import UnitOfWork

_BEGAN: tuple[tuple[str, Any], ...] = (
    ("新会话", Conversation.opened_at), ("报案", Claim.reported_at),
    ("投诉", Complaint.received_at), ("转人工", Handoff.opened_at), ("工单", Ticket.opened_at),
    ("回访", Survey.sent_at), ("没答上的问题", KbMiss.at),
)  # fmt: skip
_NAMED = 5


def lines(uow: UnitOfWork, day: date, now: datetime) -> list[str]:
    """Return the digest of a day, and of how things stand now."""
    period = Period(day, day)
    return [
        f"{day:%m月%d日}：" + "，".join(_counts(uow, period)),
        "指标：" + "，".join(_figures(uow, period)),
        _queue(uow, now),
        *_late(uow, now),
        *_broken(uow, period),
    ]


def _counts(uow: UnitOfWork, period: Period) -> Iterator[str]:
    for name, column in _BEGAN:
        query = select(func.count()).where(column >= period.start, column < period.end)
        yield f"{name} {uow.session.scalar(query) or 0}"


def _figures(uow: UnitOfWork, period: Period) -> Iterator[str]:
    for found in figures.tables(uow.connection, period, figures.CHARTER_CODES).values():
        few = "（样本少）" if found.total.few and found.total.rows else ""
        yield f"{found.definition.name} {shown(found.total)}{few}"


def _queue(uow: UnitOfWork, now: datetime) -> str:
    waiting = list(uow.floor.open_handoffs())
    if not waiting:
        return "现在排队：没有"
    longest = max((now - one.opened_at for one in waiting), default=timedelta())
    minutes = int(longest.total_seconds() // 60)
    return f"现在排队：{len(waiting)} 位，最久 {minutes} 分钟"


def _late(uow: UnitOfWork, now: datetime) -> Iterator[str]:
    """Yield what is late; claims by number, the rest by count.

    A complaint may be about the reader, and so may the ticket that came of it: that there is
    one is told by its page to those who may see it.
    """
    claims = sorted(claim_states.machine().over)
    complaints = sorted(complaint_states.machine().over)
    late = (Claim.due_at < now, Claim.status.not_in(claims))
    oldest = select(Claim.number).where(*late).order_by(Claim.due_at, Claim.id).limit(_NAMED)
    count = _count(uow, select(Claim.id).where(*late))
    named = (
        f"（{'、'.join(uow.session.scalars(oldest))}{' 等' if count > _NAMED else ''}）"
        if count
        else ""
    )
    open_ = (Complaint.due_at < now, Complaint.status.not_in(complaints))
    tickets = select(Ticket.id).where(Ticket.due_at < now, Ticket.status != "done")
    yield f"超时案件 {count} 件{named}"
    yield f"超时投诉 {_count(uow, select(Complaint.id).where(*open_))} 件"
    yield f"超时工单 {_count(uow, tickets)} 件"


def _count(uow: UnitOfWork, query: Select[Any]) -> int:
    return int(uow.session.scalar(select(func.count()).select_from(query.subquery())) or 0)


def _broken(uow: UnitOfWork, period: Period) -> Iterator[str]:
    """Yield what did not leave, and which jobs failed; nothing where all went well."""
    day = (OutboxItem.created_at >= period.start, OutboxItem.created_at < period.end)
    query = (
        select(OutboxItem.status, func.count())
        .where(*day, OutboxItem.status.in_(("failed", "unknown", "undeliverable")))
        .group_by(OutboxItem.status)
        .order_by(OutboxItem.status)
    )
    names = {"failed": "发送出错", "unknown": "结果不明", "undeliverable": "送不到"}
    found = [f"{names[status]} {count}" for status, count in uow.session.execute(query)]
    if found:
        yield "没送到的消息：" + "，".join(found)
    runs = select(JobRun.job).where(
        JobRun.slot >= period.start, JobRun.slot < period.end, JobRun.result == "failed"
    )
    if jobs := sorted(set(uow.session.scalars(runs))):
        yield "出错的定时任务：" + "、".join(jobs)
