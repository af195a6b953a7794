"""The desk in a staff group of a messenger, and the robots that tell groups what waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class DeskTopic(Base):
    """A conversation's topic in the staff group.

    ``planned_seq`` is the last message that a post was planned for, ``posted_seq`` the last that
    arrived; the same for the owner's revision. ``posts`` numbers the posts, ``post_key`` is the one
    that is under way. ``holder`` took the conversation from the group and was last active there at
    ``active_at``. ``handoff`` is the request whose summary was planned last;
    ``live`` is on from then until the end of the service is planned.
    """

    __tablename__ = "desk_topic"
    __table_args__ = (
        UniqueConstraint("chat", "thread"),
        Index("ix_desk_topic_live", "live"),
        Index("ix_desk_topic_post_key", "post_key"),
    )

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    chat: Mapped[Short]
    thread: Mapped[int | None] = mapped_column(BigInteger)
    planned_seq: Mapped[int]
    posted_seq: Mapped[int]
    planned_rev: Mapped[int]
    posted_rev: Mapped[int]
    posts: Mapped[int]
    post_key: Mapped[Name | None]
    handoff: Mapped[Short | None]
    live: Mapped[bool]
    holder: Mapped[Name | None]
    active_at: Mapped[datetime | None]
    again_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]


class DeskWord(Base):
    """Something staff wrote in a topic: ``fate`` is waiting until its delivery has ended.

    Notes are told to nobody and have no fate of their own; the row keeps them from being posted
    into the group where they were written.
    """

    __tablename__ = "desk_word"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        Index("ix_desk_word_fate", "fate"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int]
    message: Mapped[int] = mapped_column(BigInteger)
    fate: Mapped[Short]
    at: Mapped[datetime]


class DeskUpdate(Base):
    """An update of the group that was worked off: the same number does nothing a second time."""

    __tablename__ = "desk_update"
    __table_args__ = (Index("ix_desk_update_at", "at"),)

    account: Mapped[Short] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    answer: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class StaffTelegram(Base):
    """Which account of Telegram belongs to which account of the console."""

    __tablename__ = "staff_telegram"

    telegram_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), unique=True)
    since: Mapped[datetime]


class DeskPresence(Base):
    """Until when somebody counts as at work in the group, where no page tells that they are."""

    __tablename__ = "desk_presence"

    agent: Mapped[Name] = mapped_column(primary_key=True)
    until: Mapped[datetime]


class PaceMark(Base):
    """When the next message to a place is due if all came evenly; shared by all processes."""

    __tablename__ = "pace_mark"

    name: Mapped[Name] = mapped_column(primary_key=True)
    due: Mapped[float]


class RobotNote(Base):
    """What one robot has to tell its group; ``item`` is the post that it went into."""

    __tablename__ = "robot_note"
    __table_args__ = (
        UniqueConstraint("robot", "key"),
        Index("ix_robot_note_robot_item", "robot", "item"),
    )

    id: Mapped[Id]
    robot: Mapped[Short]
    key: Mapped[Name]
    event: Mapped[Short]
    about: Mapped[Short]
    text: Mapped[str] = mapped_column(String(255))
    item: Mapped[Name | None]
    at: Mapped[datetime]
