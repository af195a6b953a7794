"""Conversations and what was said in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson
from storage.models.base import Base, Id, Name, Short


class Conversation(Base):
    """Everything between one customer identity and us; owner is bot, queue or agent.

    ``owner_rev`` goes up with every change of owner, ``last_seq`` with every message.
    ``fence_rev`` is the revision at which a person last took the floor: what was computed for an
    earlier one is stale and not sent.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "account", "peer"),
        Index("ix_conversation_owner_last_at", "owner", "last_at"),
    )

    id: Mapped[Id]
    channel: Mapped[Short]
    account: Mapped[Short]
    peer: Mapped[Name]
    state: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("conversation.state"))
    owner: Mapped[Short]
    owner_rev: Mapped[int]
    fence_rev: Mapped[int] = mapped_column(server_default="0")
    agent: Mapped[Name | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    verified_until: Mapped[datetime | None]
    subscribed: Mapped[bool]
    snoozed_until: Mapped[datetime | None]
    last_seq: Mapped[int]
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]


class Message(Base):
    """One thing said. ``key`` is the channel's, set on what came in: it makes a repeat visible.

    ``reply_to`` is the seq of the message that a bot reply answers; ``sent_by`` tells whether a
    reply left in the response itself or through the outbox.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "key"),
        Index("ix_message_conversation_id_reply_to", "conversation_id", "reply_to"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int]
    author: Mapped[Short]
    key: Mapped[Name | None]
    reply_to: Mapped[int | None]
    sent_by: Mapped[Short | None]
    owner_rev: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("message.body"))
    at: Mapped[datetime]
