"""Evaluations of service as they were made, and what staff are told outside a conversation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class ServiceReport(Base):
    """The evaluation of one period, kept as it was made: the page, the paper and its figures.

    kind: month, quarter. ``digest`` is the SHA-256 of page and paper together.
    """

    __tablename__ = "service_report"
    __table_args__ = (UniqueConstraint("kind", "first", "last"),)

    id: Mapped[Id]
    kind: Mapped[Short]
    first: Mapped[date]
    last: Mapped[date]
    title: Mapped[str] = mapped_column(String(255))
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    page: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    paper: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[Short]
    made_by: Mapped[Name]
    made_at: Mapped[datetime]


class PersonalNotice(Base):
    """Something that a member of staff should know; ``path`` leads to it in the console."""

    __tablename__ = "personal_notice"
    __table_args__ = (
        UniqueConstraint("person", "key"),
        Index("ix_personal_notice_person_seen_at", "person", "seen_at"),
    )

    id: Mapped[Id]
    person: Mapped[Name]
    key: Mapped[Name]
    text: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
