"""What we still owe: outgoing messages and media to fetch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson
from storage.models.base import Base, Id, Name, Short

# A touch that others of its customer wait for. Databases use an index for what is asked in its
# very words, so that this text is also what the queries say.
BUSY = "status IN ('planned', 'sending') AND (lease_by IS NOT NULL OR attempts > 0)"


def where(condition: str) -> dict[str, Any]:
    """Return how an index is confined to some rows, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


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
    # A touch that is planned stands in two of these only: a million of them are planned in a row.
    __table_args__ = (
        Index("ix_outbox_item_status_priority_due_at_id", "status", "priority", "due_at", "id"),
        Index("ix_outbox_item_owed", "peer", **where("status = 'due'")),
        Index("ix_outbox_item_busy", "peer", **where(BUSY)),
        Index("ix_outbox_item_here", "conversation_id", **where("conversation_id IS NOT NULL")),
        Index("ix_outbox_item_told", "provider_id", **where("provider_id <> ''")),
        Index("ix_outbox_item_left", "customer_id", "sent_at", **where("sent_at IS NOT NULL")),
    )

    id: Mapped[Id]
    dedupe_key: Mapped[Name] = mapped_column(unique=True)
    kind: Mapped[Short]
    channel: Mapped[Short]
    account: Mapped[Short]
    peer: Mapped[Name]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
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
