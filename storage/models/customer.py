"""Customers, how they prove who they are, and who saw what of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedText
from storage.models.base import Base, Id, Name, Short


class Customer(Base):
    """A person or firm with policies. Identity number and phone are looked up by blind index."""

    __tablename__ = "customer"

    id: Mapped[Id]
    ref: Mapped[Short] = mapped_column(unique=True)
    kind: Mapped[Short]
    name: Mapped[str] = mapped_column(EncryptedText("customer.name"))
    id_number: Mapped[str] = mapped_column(EncryptedText("customer.id_number"))
    id_blind: Mapped[Short] = mapped_column(index=True)
    phone: Mapped[str] = mapped_column(EncryptedText("customer.phone"))
    phone_blind: Mapped[Short] = mapped_column(index=True)


class OneTimeCode(Base):
    """A code sent to a phone; only its hash is kept, and it works once.

    One that is ``forgotten`` proves nothing any more, but the limits still count it.
    """

    __tablename__ = "one_time_code"
    __table_args__ = (
        Index("ix_one_time_code_phone_blind_sent_at", "phone_blind", "sent_at"),
        Index("ix_one_time_code_sent_at", "sent_at"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    phone_blind: Mapped[Short]
    code_hash: Mapped[Short]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int]
    used: Mapped[bool]
    forgotten_at: Mapped[datetime | None]


class VerificationFailure(Base):
    """A failed proof of identity; three in a row lock this channel identity and phone."""

    __tablename__ = "verification_failure"

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    phone_blind: Mapped[Short] = mapped_column(index=True)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_verification_failure_conversation_id_at", "conversation_id", "at"),)


class AccessLog(Base):
    """Every disclosure of personal data: what, of whom, to whom, and why."""

    __tablename__ = "access_log"

    id: Mapped[Id]
    at: Mapped[datetime]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    actor: Mapped[Name]
    what: Mapped[str] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(String(255))


class OptOut(Base):
    """A category of messages that this identity does not want any more."""

    __tablename__ = "opt_out"
    __table_args__ = (UniqueConstraint("conversation_id", "category"),)

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    category: Mapped[Short]
    at: Mapped[datetime]
