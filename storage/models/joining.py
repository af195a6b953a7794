"""Two customer records that staff know to be one person's, and what moved when they were joined."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedText
from storage.models.base import Base, Id, Name, Short
from storage.models.outbox import where

OPEN = "undone_at IS NULL"


class CustomerJoin(Base):
    """``away`` was joined to ``kept``: its record stays, what was its belongs to ``kept``.

    ``moved`` names the rows by table, so that it comes apart again. A record is joined away once
    at a time, and never along a chain: whoever is kept is nobody's away.
    """

    __tablename__ = "customer_join"
    __table_args__ = (Index("ix_customer_join_away_open", "away_id", unique=True, **where(OPEN)),)

    id: Mapped[Id]
    kept_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    away_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    reason: Mapped[Short]
    words: Mapped[str] = mapped_column(EncryptedText("customer_join.words"))
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
    by: Mapped[Name]
    at: Mapped[datetime]
    undone_by: Mapped[Name | None]
    undone_at: Mapped[datetime | None]
    undone_words: Mapped[str | None] = mapped_column(EncryptedText("customer_join.undone_words"))
