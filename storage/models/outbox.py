"""What we still owe: outgoing messages and media to fetch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson
from storage.models.base import Base, Id, Name, Short


class OutboxItem(Base):
    """One delivery, due or done. ``dedupe_key`` makes a second one for the same cause impossible.

    status: planned (judged again when its time comes), due, sending (the call is under way), sent,
    delivered, undeliverable, unknown (left us, no answer), failed, suppressed (not sent, with a
    reason). ``owner_rev`` is the revision of the conversation that the words were computed for;
    None is for what no owner says. A touch names its ``step``, its ``subject`` (a policy, a case)
    and the run that planned it (``campaign``); ``way`` is how it left, ``cost`` how many messages
    of the customer's allowance that took, ``tried`` the ways that are closed.
    """

    __tablename__ = "outbox_item"
    __table_args__ = (
        Index("ix_outbox_item_status_due_at", "status", "due_at"),
        Index("ix_outbox_item_peer_status", "peer", "status"),
        Index("ix_outbox_item_customer_id_sent_at", "customer_id", "sent_at"),
        Index("ix_outbox_item_campaign_status", "campaign", "status"),
    )

    id: Mapped[Id]
    dedupe_key: Mapped[Name] = mapped_column(unique=True)
    kind: Mapped[Short]
    channel: Mapped[Short]
    account: Mapped[Short]
    peer: Mapped[Name]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    owner_rev: Mapped[int | None]
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("outbox_item.body"))
    status: Mapped[Short]
    reason: Mapped[str] = mapped_column(String(255))
    provider_id: Mapped[Name]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_by: Mapped[Short | None]
    step: Mapped[Short | None]
    subject: Mapped[Name | None]
    campaign: Mapped[Name | None]
    customer_id: Mapped[int | None] = mapped_column(BigInteger)
    priority: Mapped[int] = mapped_column(server_default="50")
    way: Mapped[Short | None]
    cost: Mapped[int] = mapped_column(server_default="0")
    tried: Mapped[Short] = mapped_column(server_default="")
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class Media(Base):
    """A photo, voice note or file of a customer; ``path`` is set once the bytes are ours."""

    __tablename__ = "media"

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    kind: Mapped[Short]
    ref: Mapped[str] = mapped_column(String(512))
    path: Mapped[str | None] = mapped_column(String(255))
    status: Mapped[Short]
    case_number: Mapped[Short | None] = mapped_column(index=True)
    at: Mapped[datetime]


class ChannelToken(Base):
    """The one platform token of an account, shared by all processes."""

    __tablename__ = "channel_token"

    account: Mapped[Name] = mapped_column(primary_key=True)
    token: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("channel_token.token"))
    expires_at: Mapped[float]
    lease_until: Mapped[float]
