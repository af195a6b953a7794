"""Feedback, improvements, supervision, assessment: what service is measured and mended with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson, EncryptedText
from storage.models.base import Base, Id, Name, Short


class Improvement(Base):
    """A measure: what was found, what is done about it by whom until when, before and after.

    status: open, doing, done, dropped. ``kpi`` names the figure that should move.
    """

    __tablename__ = "improvement"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[Id]
    key: Mapped[Name | None]
    title: Mapped[str] = mapped_column(String(255))
    source: Mapped[Short]
    cause: Mapped[Short]
    measure: Mapped[str] = mapped_column(String(1000))
    method: Mapped[Short]
    owner: Mapped[Name]
    due_on: Mapped[date | None]
    status: Mapped[Short] = mapped_column(index=True)
    kpi: Mapped[Short]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    result: Mapped[str] = mapped_column(String(1000))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class FeedbackCluster(Base):
    """Feedback that means the same; ``leader`` is the first of it."""

    __tablename__ = "feedback_cluster"

    id: Mapped[Id]
    leader: Mapped[str] = mapped_column(EncryptedText("feedback_cluster.leader"))
    category: Mapped[Short]
    improvement_id: Mapped[int | None] = mapped_column(ForeignKey("improvement.id"), index=True)
    opened_at: Mapped[datetime]


class Feedback(Base):
    """What a customer told us about our service, however it came.

    channel: chat, phone, email, form. status: new, sorted, linked, told, closed.
    """

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_status_at", "status", "at"),)

    id: Mapped[Id]
    key: Mapped[Name] = mapped_column(unique=True)
    channel: Mapped[Short]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    ticket_number: Mapped[Short | None]
    recorded_by: Mapped[Name]
    words: Mapped[str] = mapped_column(EncryptedText("feedback.words"))
    contact: Mapped[str] = mapped_column(EncryptedText("feedback.contact"))
    nature: Mapped[Short]
    category: Mapped[Short]
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_cluster.id"), index=True)
    status: Mapped[Short]
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class QaPlan(Base):
    """How much of a period is looked at; the rules themselves are a table of data."""

    __tablename__ = "qa_plan"
    __table_args__ = (UniqueConstraint("first", "last"),)

    id: Mapped[Id]
    first: Mapped[date]
    last: Mapped[date]
    seed: Mapped[int]
    population: Mapped[int]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[Name]
    made_at: Mapped[datetime]


class QaSample(Base):
    """One thing to look at, why, and what the reviewer found."""

    __tablename__ = "qa_sample"
    __table_args__ = (UniqueConstraint("plan_id", "subject"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("qa_plan.id"))
    subject: Mapped[Name] = mapped_column(index=True)
    # As in the ledger that it is drawn from: a sample outlives what it was about.
    conversation_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    agent: Mapped[Name]
    why: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[Short]
    reviewer: Mapped[Name]
    scores: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    vetoes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    total: Mapped[int | None]
    comment: Mapped[str] = mapped_column(EncryptedText("qa_sample.comment"))
    ticket_number: Mapped[Short | None]
    done_at: Mapped[datetime | None]


class Assessment(Base):
    """One person's result of one period, as worked out and as published.

    status: draft, published, appealed, upheld, corrected. ``body`` holds figures, weights,
    scores and adjustments, ``appeal`` what was said against it and what came of that.
    """

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("first", "last", "person"),)

    id: Mapped[Id]
    first: Mapped[date]
    last: Mapped[date]
    person: Mapped[Name] = mapped_column(index=True)
    team: Mapped[Short]
    post: Mapped[Short]
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("assessment.body"))
    appeal: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("assessment.appeal"))
    status: Mapped[Short]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Merit(Base):
    """A commendation or a penalty; a penalty and a veto need two signatures."""

    __tablename__ = "merit"

    id: Mapped[Id]
    person: Mapped[Name] = mapped_column(index=True)
    kind: Mapped[Short]
    reason: Mapped[str] = mapped_column(String(500))
    on: Mapped[date]
    case_number: Mapped[Short | None]
    recorded_by: Mapped[Name]
    approved_by: Mapped[Name | None]
    at: Mapped[datetime]


class TrainingTask(Base):
    """Training that a shortfall calls for. status: open, done, retested."""

    __tablename__ = "training_task"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[Id]
    key: Mapped[Name]
    person: Mapped[Name] = mapped_column(index=True)
    topic: Mapped[Name]
    why: Mapped[str] = mapped_column(String(500))
    kpi: Mapped[Short]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    due_on: Mapped[date]
    status: Mapped[Short] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
