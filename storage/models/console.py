"""Log-ins of the console and what agents have begun to write."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedText
from storage.models.base import Base, Id, Name, Short


class ConsoleSession(Base):
    """A log-in; only the SHA-256 of the cookie is kept. ``csrf`` goes with every form."""

    __tablename__ = "console_session"

    token_hash: Mapped[Short] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    csrf: Mapped[Short]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AgentRead(Base):
    """How far an agent has read a conversation, and until when they are looking at it."""

    __tablename__ = "agent_read"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    agent: Mapped[Name] = mapped_column(primary_key=True)
    seq: Mapped[int]
    looks_until: Mapped[datetime]


class AgentDraft(Base):
    """What an agent has begun to write in a conversation; kept here, so no tab loses it.

    ``rev`` goes up with every change, ``tab`` is the page that made the last one.
    """

    __tablename__ = "agent_draft"
    __table_args__ = (UniqueConstraint("conversation_id", "agent"),)

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    agent: Mapped[Name]
    text: Mapped[str] = mapped_column(EncryptedText("agent_draft.text"))
    at: Mapped[datetime]
    rev: Mapped[int] = mapped_column(server_default="0")
    tab: Mapped[Short] = mapped_column(server_default="")
