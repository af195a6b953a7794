"""Who had a conversation when, who may take one, and what the console is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class Episode(Base):
    """A stretch of a conversation with one owner; it began with revision ``owner_rev``."""

    __tablename__ = "episode"
    __table_args__ = (
        UniqueConstraint("conversation_id", "owner_rev"),
        Index("ix_episode_agent_opened_at", "agent", "opened_at"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    owner_rev: Mapped[int]
    owner: Mapped[Short]
    agent: Mapped[Name | None]
    reason: Mapped[Name]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class AgentState(Base):
    """An interval in which an agent was online, busy, away or offline; the open one is now."""

    __tablename__ = "agent_state"
    __table_args__ = (Index("ix_agent_state_agent_until", "agent", "until"),)

    id: Mapped[Id]
    agent: Mapped[Name]
    state: Mapped[Short]
    reason: Mapped[Name]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class AgentPresence(Base):
    """When an agent's console was last heard of."""

    __tablename__ = "agent_presence"

    agent: Mapped[Name] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class ConsoleEvent(Base):
    """Something that open consoles show without being asked; numbered, so that none is missed."""

    __tablename__ = "console_event"

    id: Mapped[Id]
    kind: Mapped[Short]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    agent: Mapped[Name | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
