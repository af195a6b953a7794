"""What keeps outbound messages honest: runs of jobs, stop switches, consents and quotas."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class JobRun(Base):
    """One run of a job for one moment of its timetable; ``ended_at`` is None while it runs.

    result: done, failed, skipped (too late to make sense), merged (a later run did its work).
    """

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "slot"),)

    id: Mapped[Id]
    job: Mapped[Short]
    slot: Mapped[datetime]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    result: Mapped[Short | None]
    note: Mapped[str] = mapped_column(String(255))
    by: Mapped[Name]
    title: Mapped[Name] = mapped_column(server_default="")
    next_at: Mapped[datetime | None]


class OutboundStop(Base):
    """A kind of message that a person has stopped; nothing of it leaves while the row is there."""

    __tablename__ = "outbound_stop"

    kind: Mapped[Short] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(255))
    by: Mapped[Name]
    at: Mapped[datetime]


class NoticeGrant(Base):
    """How many subscription notices of a template a customer still lets us send."""

    __tablename__ = "notice_grant"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    template: Mapped[Short] = mapped_column(primary_key=True)
    left: Mapped[int]
    at: Mapped[datetime]


class QuotaUse(Base):
    """How many calls of a kind of sending were begun on a day, and in the newest minute of it."""

    __tablename__ = "quota_use"

    day: Mapped[date] = mapped_column(primary_key=True)
    way: Mapped[Short] = mapped_column(primary_key=True)
    used: Mapped[int]
    minute: Mapped[int] = mapped_column(server_default="0")
    used_in_minute: Mapped[int] = mapped_column(server_default="0")


class Campaign(Base):
    """The touches of one family on one day; none of them has a smaller number than ``first_id``."""

    __tablename__ = "campaign"

    name: Mapped[Name] = mapped_column(primary_key=True)
    family: Mapped[Short]
    day: Mapped[date]
    planned_at: Mapped[datetime]
    first_id: Mapped[int] = mapped_column(BigInteger)
