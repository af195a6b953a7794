"""The content calendar (S7): what is published when, who wrote it and who allowed it."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short

STATES = ("draft", "review", "approved", "sent", "published", "missed", "cancelled")
_KNOWN = ", ".join(f"'{state}'" for state in STATES)
_DECIDED = "'approved', 'sent', 'published', 'missed'"


class ContentItem(Base):
    """One piece of the calendar; ``way`` is push (to those who agreed) or article (we post it).

    The constraints are the rule of the second person: nobody approves their own text, and
    nothing leaves that nobody has approved. ``record`` says where an article was posted.
    """

    __tablename__ = "content_item"
    __table_args__ = (
        CheckConstraint(f"state IN ({_KNOWN})", name="state_known"),
        CheckConstraint("approver IS NULL OR approver <> author", name="approver_is_another"),
        CheckConstraint(
            f"state NOT IN ({_DECIDED}) OR approver IS NOT NULL", name="approved_before_sent"
        ),
        Index("ix_content_item_state_planned_on", "state", "planned_on"),
    )

    id: Mapped[Id]
    number: Mapped[Short] = mapped_column(unique=True)
    topic: Mapped[Short]
    way: Mapped[Short]
    title: Mapped[Name]
    body: Mapped[str] = mapped_column(Text())
    source: Mapped[str] = mapped_column(String(255))
    planned_on: Mapped[date]
    planned_at: Mapped[time]
    state: Mapped[Short]
    author: Mapped[Name]
    approver: Mapped[Name | None]
    note: Mapped[str] = mapped_column(String(255))
    record: Mapped[str] = mapped_column(String(500))
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
