"""Customers, their policies, and the proofs of who they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models.customer import AccessLog, Customer, OneTimeCode, OptOut, VerificationFailure
from storage.models.policy import Policy


class Customers:
    """All customers; never commits."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def by_phone(self, phone_blind: str) -> Sequence[Customer]:
        """Return the customers with this phone; a family may share one."""
        query = select(Customer).where(Customer.phone_blind == phone_blind).order_by(Customer.id)
        return self.session.scalars(query).all()

    def get(self, customer_id: int) -> Customer:
        """Return a customer by id."""
        return self.session.get_one(Customer, customer_id)

    def policies_of(self, customer_id: int) -> Sequence[Policy]:
        """Return a customer's policies, the one that ends last first."""
        query = select(Policy).where(Policy.customer_id == customer_id)
        return self.session.scalars(query.order_by(Policy.ends_on.desc(), Policy.id)).all()

    def latest_code(self, conversation_id: int, phone_blind: str) -> OneTimeCode | None:
        """Return the newest code sent to this phone from this conversation."""
        query = (
            select(OneTimeCode)
            .where(
                OneTimeCode.conversation_id == conversation_id,
                OneTimeCode.phone_blind == phone_blind,
            )
            .order_by(OneTimeCode.id.desc())
            .limit(1)
        )
        return self.session.scalar(query)

    def codes_since(self, phone_blind: str, since: datetime) -> int:
        """Return how many codes went to this phone since a time, whoever asked for them."""
        query = select(func.count()).where(
            OneTimeCode.phone_blind == phone_blind, OneTimeCode.sent_at >= since
        )
        return int(self.session.scalar(query) or 0)

    def codes_of_conversation_since(self, conversation_id: int, since: datetime) -> int:
        """Return how many codes this channel identity asked for since a time."""
        query = select(func.count()).where(
            OneTimeCode.conversation_id == conversation_id, OneTimeCode.sent_at >= since
        )
        return int(self.session.scalar(query) or 0)

    def add_code(self, code: OneTimeCode) -> None:
        """Record a code that is being sent."""
        self.session.add(code)
        self.session.flush()

    def add_failure(self, conversation_id: int, phone_blind: str, at: datetime) -> None:
        """Record a failed proof of identity."""
        self.session.add(
            VerificationFailure(conversation_id=conversation_id, phone_blind=phone_blind, at=at)
        )
        self.session.flush()

    def failures_since(self, conversation_id: int, since: datetime) -> list[datetime]:
        """Return the failures of this channel identity, and of every phone it tried."""
        phones = select(VerificationFailure.phone_blind).where(
            VerificationFailure.conversation_id == conversation_id,
            VerificationFailure.at >= since,
        )
        query = select(VerificationFailure.at).where(
            VerificationFailure.at >= since,
            (VerificationFailure.conversation_id == conversation_id)
            | VerificationFailure.phone_blind.in_(phones),
        )
        return sorted(self.session.scalars(query))

    def phone_failures_since(self, phone_blind: str, since: datetime) -> int:
        """Return the failures on this phone from whatever identity."""
        query = select(func.count()).where(
            VerificationFailure.phone_blind == phone_blind, VerificationFailure.at >= since
        )
        return int(self.session.scalar(query) or 0)

    def log_access(
        self,
        at: datetime,
        conversation_id: int | None,
        customer_id: int | None,
        actor: str,
        what: str,
        reason: str,
    ) -> None:
        """Record who saw what of whom, and why."""
        self.session.add(
            AccessLog(
                at=at,
                conversation_id=conversation_id,
                customer_id=customer_id,
                actor=actor,
                what=what[:255],
                reason=reason[:255],
            )
        )

    def opt_in(self, conversation_id: int) -> None:
        """Send every category again."""
        self.session.execute(delete(OptOut).where(OptOut.conversation_id == conversation_id))

    def opt_out(self, conversation_id: int, category: str, at: datetime) -> None:
        """Stop a category of messages; doing it twice changes nothing."""
        dialect = postgresql if self.session.get_bind().dialect.name == "postgresql" else sqlite
        self.session.execute(
            dialect.insert(OptOut)
            .values(conversation_id=conversation_id, category=category, at=at)
            .on_conflict_do_nothing(index_elements=["conversation_id", "category"])
        )
