"""Services on a policy: changes, paper copies, invoices; links to the electronic policy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson
from storage.models.base import Base, Id, Name, Short


class ServiceRequest(Base):
    """What a customer asked to have done to a policy; ``family`` and ``kind`` name it.

    ``open_key`` is set while it is under way: no two of a kind can be open on one policy.
    ``level`` is how surely the person must be known before it is done. ``facts`` is what the
    customer said, ``result`` what staff laid down on the way.
    """

    __tablename__ = "service_request"
    __table_args__ = (
        Index("ix_service_request_family_status_due_at", "family", "status", "due_at"),
    )

    id: Mapped[Id]
    number: Mapped[Short] = mapped_column(unique=True)
    family: Mapped[Short]
    kind: Mapped[Short]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    policy_number: Mapped[Short] = mapped_column(index=True)
    status: Mapped[Short]
    owner: Mapped[Name]
    level: Mapped[Short]
    open_key: Mapped[Name | None] = mapped_column(unique=True)
    facts: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("service_request.facts"))
    result: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("service_request.result"))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ServiceDocument(Base):
    """A document that a change needs or has: wanted, received, accepted, rejected, waived."""

    __tablename__ = "service_document"
    __table_args__ = (UniqueConstraint("service_number", "name"),)

    id: Mapped[Id]
    service_number: Mapped[Short]
    name: Mapped[Name]
    required: Mapped[bool]
    status: Mapped[Short]
    reason: Mapped[str] = mapped_column(String(255))
    updated_at: Mapped[datetime]


class PolicyLink(Base):
    """A link to one policy for one customer. The secret in it is signed, never stored.

    ``tries`` counts wrong document tails, ``fetched`` downloads; ``closed`` ends it early.
    """

    __tablename__ = "policy_link"

    id: Mapped[Id]
    key: Mapped[Short] = mapped_column(unique=True)
    policy_number: Mapped[Short]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    fetched: Mapped[int]
    closed: Mapped[bool]


class PolicyDelivery(Base):
    """One step of a policy on its way to the customer; never changed (S12).

    way: link, post, courier, pick_up; state: offered, fetched, posted, ready, received, returned.
    """

    __tablename__ = "policy_delivery"

    id: Mapped[Id]
    policy_number: Mapped[Short] = mapped_column(index=True)
    way: Mapped[Short]
    state: Mapped[Short]
    ref: Mapped[Short]
    at: Mapped[datetime]
