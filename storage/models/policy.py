"""Policies as the branch knows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class Policy(Base):
    """One policy; ``details`` holds what differs by line (coverages, vehicle, address)."""

    __tablename__ = "policy"
    __table_args__ = (
        Index("ix_policy_ends_on_id", "ends_on", "id"),
        Index("ix_policy_customer_id_ends_on", "customer_id", "ends_on"),
        Index("ix_policy_starts_at", "starts_at"),
    )

    id: Mapped[Id]
    number: Mapped[Short] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    line: Mapped[Short]
    product: Mapped[Name]
    plate: Mapped[Short | None] = mapped_column(index=True)
    starts_at: Mapped[datetime]
    ends_on: Mapped[date]
    status: Mapped[Short]
    premium_fen: Mapped[int] = mapped_column(BigInteger)
    payment: Mapped[Short]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
