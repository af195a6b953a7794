"""Cases: claims, complaints and every other promise."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson, EncryptedText
from storage.models.base import Base, Id, Name, Short


class Claim(Base):
    """A reported accident. ``facts`` are the contract's claim slots and what else was said.

    ``track`` is fast, normal or complex; ``due_at`` is when our next clock runs out (a cache of
    what events and rules say). ``signals`` are for staff only. ``external_ref`` is the number
    that another system knows the claim by.
    """

    __tablename__ = "claim"
    __table_args__ = (
        Index("ix_claim_plate_reported_at", "plate", "reported_at"),
        Index("ix_claim_policy_number_reported_at", "policy_number", "reported_at"),
        Index("ix_claim_status_due_at", "status", "due_at"),
    )

    id: Mapped[Id]
    number: Mapped[Short] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    policy_number: Mapped[Short | None]
    line: Mapped[Short]
    plate: Mapped[Short | None]
    phone_blind: Mapped[Short | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("claim.facts"))
    severity: Mapped[Short]
    status: Mapped[Short]
    owner: Mapped[Name]
    next_step: Mapped[Name]
    due_on: Mapped[date | None]
    paid_fen: Mapped[int | None] = mapped_column(BigInteger)
    external_ref: Mapped[Short | None] = mapped_column(unique=True, index=True)
    track: Mapped[Short | None]
    estimate_fen: Mapped[int | None] = mapped_column(BigInteger)
    due_at: Mapped[datetime | None]
    decision: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("claim.decision"))
    signals: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("claim.signals"))
    reported_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CaseEvent(Base):
    """What happened to a claim, complaint or ticket, in order; never changed."""

    __tablename__ = "case_event"

    id: Mapped[Id]
    case_number: Mapped[Short] = mapped_column(index=True)
    at: Mapped[datetime]
    actor: Mapped[Name]
    kind: Mapped[Short]
    data: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("case_event.data"))


class Complaint(Base):
    """A complaint with its legal date (15 days from receipt, CMP20).

    ``category`` is the stage of business, ``dispute`` the kind that statistics ask for;
    ``position`` is what the customer thinks of the decision; ``rung`` how far it went up the
    ladder because it was late.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_status_due_at", "status", "due_at"),
        Index("ix_complaint_root_cause_closed_at", "root_cause", "closed_at"),
    )

    id: Mapped[Id]
    number: Mapped[Short] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    channel: Mapped[Short]
    category: Mapped[Short]
    severity: Mapped[Short]
    status: Mapped[Short]
    owner: Mapped[Name]
    phone_blind: Mapped[Short | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("complaint.facts"))
    decision: Mapped[str] = mapped_column(EncryptedText("complaint.decision"))
    dispute: Mapped[Short | None]
    line: Mapped[Short | None]
    capacity: Mapped[Short | None]
    policy_number: Mapped[Short | None]
    claim_number: Mapped[Short | None]
    joined_to: Mapped[Short | None] = mapped_column(index=True)
    outcome: Mapped[Short | None]
    position: Mapped[Short | None]
    root_cause: Mapped[Short | None]
    rung: Mapped[int | None]
    due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    due_on: Mapped[date]
    updated_at: Mapped[datetime]


class Ticket(Base):
    """Any other promise: a call back, a lead, a wish, a data-rights request.

    ``queue`` and ``due_at`` follow from the kind; ``promised_at`` is a time that somebody named
    to the customer and that goes before the kind's clock. ``unique_key`` makes a second ticket
    for the same cause impossible.
    """

    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_queue_status_due_at", "queue", "status", "due_at"),)

    id: Mapped[Id]
    number: Mapped[Short] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    kind: Mapped[Short]
    status: Mapped[Short]
    facts: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("ticket.facts"))
    queue: Mapped[Short | None]
    owner: Mapped[Name | None]
    about: Mapped[Short | None] = mapped_column(index=True)
    unique_key: Mapped[Name | None] = mapped_column(unique=True, index=True)
    promised_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]


class Handoff(Base):
    """A request for a person with the package an agent needs; open, taken or closed.

    ``offered_to`` is the agent who was asked to take it; ``told`` counts how often the waiting
    customer was told a new place, ``told_at`` and ``ahead`` are the last time and place.
    """

    __tablename__ = "handoff"
    __table_args__ = (Index("ix_handoff_status_level_opened_at", "status", "level", "opened_at"),)

    id: Mapped[Id]
    number: Mapped[Short] = mapped_column(unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    level: Mapped[Short]
    reason: Mapped[Name]
    status: Mapped[Short]
    agent: Mapped[Name | None]
    skill: Mapped[Short] = mapped_column(server_default="general")
    offered_to: Mapped[Name | None]
    offered_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    told: Mapped[int] = mapped_column(server_default="0")
    told_at: Mapped[datetime | None]
    ahead: Mapped[int | None]
    alarmed_at: Mapped[datetime | None]
    package: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("handoff.package"))
    opened_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Survey(Base):
    """A question about an episode; ``key`` makes a second one for the same episode impossible."""

    __tablename__ = "survey"

    id: Mapped[Id]
    key: Mapped[Name] = mapped_column(unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    about: Mapped[Short]
    status: Mapped[Short]
    score: Mapped[int | None]
    comment: Mapped[str] = mapped_column(EncryptedText("survey.comment"))
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    # Who is credited, the case it is about, the answers by dimension, and why it was not sent.
    agent: Mapped[Name | None]
    case_number: Mapped[Short | None] = mapped_column(index=True)
    answers: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("survey.answers"))
    reason: Mapped[Name | None]
    expires_at: Mapped[datetime | None]


class NumberSequence(Base):
    """The last number given out per prefix and day; the row lock makes numbers unique."""

    __tablename__ = "number_sequence"

    prefix: Mapped[Short] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
