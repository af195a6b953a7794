"""What belongs to a claim beside the claim itself: the documents it needs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class ClaimDocument(Base):
    """A document that a claim needs or has.

    status: wanted, received, accepted, rejected, waived. ``asked_at`` is set once the customer
    was told in the one complete notice that it is missing.
    """

    __tablename__ = "claim_document"
    __table_args__ = (UniqueConstraint("claim_number", "name"),)

    id: Mapped[Id]
    claim_number: Mapped[Short]
    name: Mapped[Name]
    required: Mapped[bool]
    status: Mapped[Short]
    reason: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
