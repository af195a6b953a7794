"""Applications for cover, what was paid for them, and how long each step of the form took."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson
from storage.models.base import Base, Id, Name, Short


class Application(Base):
    """A wish for cover on its way to a policy.

    ``facts`` are the answers of the form; ``told`` is what the customer was shown and confirmed,
    with versions and times; ``work`` is what staff decided: checks, opinion, plan, delivery.
    ``phone_blind`` finds it for who proves the phone; ``partner`` says where the lead comes from.
    """

    __tablename__ = "application"
    __table_args__ = (Index("ix_application_status_due_at", "status", "due_at"),)

    id: Mapped[Id]
    number: Mapped[Short] = mapped_column(unique=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    kind: Mapped[Short]
    line: Mapped[Short]
    status: Mapped[Short]
    owner: Mapped[Name]
    partner: Mapped[Short | None] = mapped_column(index=True)
    phone_blind: Mapped[Short | None] = mapped_column(index=True)
    policy_number: Mapped[Short | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("application.facts"))
    told: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("application.told"))
    work: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("application.work"))
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_at: Mapped[datetime | None]


class ApplicationPayment(Base):
    """Money that came for an application; the payer's reference makes it count once."""

    __tablename__ = "application_payment"
    __table_args__ = (UniqueConstraint("application_number", "reference"),)

    id: Mapped[Id]
    application_number: Mapped[Short]
    reference: Mapped[Short]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    method: Mapped[Short]
    paid_on: Mapped[date]
    noted_at: Mapped[datetime]
    actor: Mapped[Name]


class FormStep(Base):
    """A step of a form that a customer has got past; ``run`` is one filling-in of it."""

    __tablename__ = "form_step"
    __table_args__ = (
        UniqueConstraint("run", "step"),
        Index("ix_form_step_flow_at", "flow", "at"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    flow: Mapped[Short]
    run: Mapped[Short]
    step: Mapped[Short]
    at: Mapped[datetime]
    seconds: Mapped[int]
