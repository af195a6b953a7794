"""What belongs to the evidence of a complaint: the case, its history, words, readers, links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.models.audit import AuditEntry
from storage.models.base import Base, table_of
from storage.models.case import CaseEvent, Complaint, Handoff, Survey, Ticket
from storage.models.conversation import Message
from storage.models.customer import AccessLog
from storage.models.outbox import OutboxItem

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """Rows by what they are, each in the order in which it happened."""

    number: str
    parts: Mapping[str, Sequence[Row]]


def gather(session: Session, number: str) -> Evidence | None:
    """Return everything about a complaint; None when there is none of that number."""
    complaint = session.scalar(select(Complaint).where(Complaint.number == number))
    if complaint is None:
        return None
    here = complaint.conversation_id
    related = [number]
    for model in (Ticket, Handoff):
        query = select(model.number).where(model.conversation_id == here)
        related += session.scalars(query) if here is not None else ()
    about = [AccessLog.what.contains(number)]
    if here is not None:
        about.append(AccessLog.conversation_id == here)
    timeline = _rows(session, CaseEvent, CaseEvent.case_number.in_(related))
    access = _rows(session, AccessLog, or_(*about))
    parts = {
        "complaint": [_row(complaint)],
        "timeline": timeline,
        "messages": _rows(session, Message, Message.conversation_id == here),
        "decisions": [row for row in timeline if row["kind"] in _DECISIONS],
        "notices": _rows(session, OutboxItem, OutboxItem.conversation_id == here),
        "surveys": _rows(session, Survey, Survey.conversation_id == here),
        "access": access,
        "chain": _links(session, timeline, access),
    }
    return Evidence(number, parts)


_DECISIONS = (
    "decided", "closed", "extended", "withdrawn", "transferred", "review", "reviewed", "owner",
    "severity",
)  # fmt: skip


def _links(session: Session, timeline: Sequence[Row], access: Sequence[Row]) -> list[Row]:
    found: list[Row] = []
    for source, rows in (("case_event", timeline), ("access_log", access)):
        ids = [row["id"] for row in rows]
        where = (AuditEntry.source == source) & AuditEntry.source_id.in_(ids)
        found += _rows(session, AuditEntry, where)
    return sorted(found, key=lambda link: link["seq"])


def _rows(session: Session, model: type[Base], where: Any) -> list[Row]:
    order = table_of(model).primary_key.columns.values()
    return [_row(row) for row in session.scalars(select(model).where(where).order_by(*order))]


def _row(row: Base) -> Row:
    return {column.key: _plain(getattr(row, column.key)) for column in row.__table__.c}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
