"""What other systems told us of a person's policies, and what the law makes us keep."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson
from storage.models.base import Base, Id, Name, Short


class PolicySnapshot(Base):
    """A customer's policies as the core system gave them; ``as_of`` is the core's own time."""

    __tablename__ = "policy_snapshot"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    body: Mapped[list[dict[str, Any]]] = mapped_column(EncryptedJson("policy_snapshot.body"))
    as_of: Mapped[datetime]
    fetched_at: Mapped[datetime]


class RestrictedRecord(Base):
    """What had to go but must be kept by law: sealed, used for nothing, gone on ``keep_until``.

    ``subject`` is the ticket of the request; nothing outside ``body`` tells whose it is.
    """

    __tablename__ = "restricted_record"

    id: Mapped[Id]
    subject: Mapped[Short] = mapped_column(index=True)
    kind: Mapped[Short]
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("restricted_record.body"))
    reason: Mapped[Name]
    keep_until: Mapped[date] = mapped_column(index=True)
    created_at: Mapped[datetime]
