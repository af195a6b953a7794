"""The ledger that every figure is counted from, and who belongs to which team."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short

_KEYED = text("key IS NOT NULL")
_OF_A_CASE = text("case_number IS NOT NULL")


class Event(Base):
    """Something that happened, written once with its cause and never changed.

    ``label`` says what of its kind (a touch point, an intent, a clock), ``result`` how it ended;
    ``value`` is the figure (milliseconds, seconds or points, as the kind says) and ``excluded``
    what was taken out of it (closed hours, pauses) in the same unit. ``key`` makes a second one
    for the same cause impossible. No personal data: it is read by everybody who reads reports.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_kind_at", "kind", "at"),
        Index("ix_event_conversation_id_kind_at", "conversation_id", "kind", "at"),
        Index(
            "ix_event_case_number_kind",
            "case_number",
            "kind",
            sqlite_where=_OF_A_CASE,
            postgresql_where=_OF_A_CASE,
        ),
        Index("uq_event_key", "key", unique=True, sqlite_where=_KEYED, postgresql_where=_KEYED),
    )

    id: Mapped[Id]
    kind: Mapped[Short]
    at: Mapped[datetime]
    conversation_id: Mapped[int | None] = mapped_column(BigInteger)
    case_number: Mapped[Short | None]
    actor: Mapped[Name]
    team: Mapped[Short]
    channel: Mapped[Short]
    label: Mapped[Short]
    result: Mapped[Short]
    value: Mapped[int | None] = mapped_column(BigInteger)
    excluded: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    key: Mapped[Name | None]


class KpiExclusion(Base):
    """A row that does not count (a test, spam, a duplicate), who said so and who approved."""

    __tablename__ = "kpi_exclusion"

    event_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(255))
    asked_by: Mapped[Name]
    approved_by: Mapped[Name]
    at: Mapped[datetime]


class StaffPost(Base):
    """Where a person works: figures are compared within a post and reported by team."""

    __tablename__ = "staff_post"

    name: Mapped[Name] = mapped_column(primary_key=True)
    team: Mapped[Short]
    post: Mapped[Short]
    joined_on: Mapped[date]
