"""Who a channel identity is bound to, what was agreed to, and what others may see."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedText
from storage.models.base import Base, Id, Name, Short


class IdentityBinding(Base):
    """One binding of a channel identity to a customer, from its proof to its end."""

    __tablename__ = "identity_binding"

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    method: Mapped[Short]
    bound_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Short | None]


class StaffCheck(Base):
    """A colleague has seen the person (V3): by video, in the shop, or two of them together."""

    __tablename__ = "staff_check"

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    method: Mapped[Short]
    checked_by: Mapped[Name]
    second: Mapped[Name | None]
    reason: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Consent(Base):
    """A consent that was given or taken back: rows are only added, the newest one counts."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_conversation_id_code", "conversation_id", "code"),)

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    code: Mapped[Short]
    version: Mapped[Short]
    given: Mapped[bool]
    how: Mapped[Short]
    at: Mapped[datetime]


class AccessGrant(Base):
    """The holder lets somebody else see a policy, or all of them, until a day.

    The code is passed on by the holder; it works with the grantee's own phone only, and ties
    the grant to the first channel identity that brings both.
    """

    __tablename__ = "access_grant"

    id: Mapped[Id]
    number: Mapped[Short] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    grantee_name: Mapped[str] = mapped_column(EncryptedText("access_grant.grantee_name"))
    grantee_phone: Mapped[str] = mapped_column(EncryptedText("access_grant.grantee_phone"))
    grantee_blind: Mapped[Short] = mapped_column(index=True)
    relation: Mapped[Short]
    scope: Mapped[Short]
    plate: Mapped[Short | None]
    code_hash: Mapped[Short]
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    used_until: Mapped[datetime | None]
