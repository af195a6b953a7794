"""What agents settle between themselves: one person, who speaks along, what to look out for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class SamePerson(Base):
    """Two conversations, or two customers, that staff know to be one person's.

    ``kind`` is conversation or customer; ``one`` is the lower id. Never changed but to be undone:
    who joined and who parted them, and why, stays.
    """

    __tablename__ = "same_person"
    __table_args__ = (
        Index("ix_same_person_kind_one", "kind", "one"),
        Index("ix_same_person_kind_other", "kind", "other"),
    )

    id: Mapped[Id]
    kind: Mapped[Short]
    one: Mapped[int] = mapped_column(BigInteger)
    other: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[Short]
    by: Mapped[Name]
    at: Mapped[datetime]
    undone_by: Mapped[Name | None]
    undone_at: Mapped[datetime | None]


class ConversationGuest(Base):
    """A supervisor who speaks along with the agent; good only for this stretch (``owner_rev``)."""

    __tablename__ = "conversation_guest"
    __table_args__ = (UniqueConstraint("conversation_id", "agent", "owner_rev"),)

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    agent: Mapped[Name]
    owner_rev: Mapped[int]
    at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class ConversationTag(Base):
    """A word by which colleagues know what to look out for; taken off again by anybody."""

    __tablename__ = "conversation_tag"
    __table_args__ = (UniqueConstraint("conversation_id", "tag"),)

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    tag: Mapped[Short]
    by: Mapped[Name]
    at: Mapped[datetime]
