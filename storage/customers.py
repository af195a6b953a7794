"""Customers, their policies, and the proofs of who they are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from storage.models.conversation import Conversation
from storage.models.customer import AccessLog, Customer, OneTimeCode, OptOut, VerificationFailure
from storage.models.policy import Policy

_MOST_POLICIES = 200


_MOST_ON_ONE_PHONE = 8


def _of_person(column: InstrumentedAttribute[str], phone_blind: str) -> ColumnElement[bool]:
    """Return the condition that a row is about this phone or another one of its owner."""
    own, other = aliased(Customer), aliased(Customer)
    others = (
        select(other.phone_blind)
        .join(own, own.id_blind == other.id_blind)
        .where(own.phone_blind == phone_blind)
    )
    return column.in_(others.union(select(literal(phone_blind))))


class Customers:
    """All customers; never commits."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def by_phone(self, phone_blind: str) -> Sequence[Customer]:
        """Return the customers with this phone; a family may share one."""
        query = select(Customer).where(Customer.phone_blind == phone_blind).order_by(Customer.id)
        return self.session.scalars(query.limit(_MOST_ON_ONE_PHONE)).all()

    def get(self, customer_id: int) -> Customer:
        """Return a customer by id."""
        return self.session.get_one(Customer, customer_id)

    def policies_of(self, customer_id: int) -> Sequence[Policy]:
        """Return a customer's policies, the one that ends last first."""
        query = select(Policy).where(Policy.customer_id == customer_id)
        newest = query.order_by(Policy.ends_on.desc(), Policy.id)
        return self.session.scalars(newest.limit(_MOST_POLICIES)).all()

    def conversations_of(self, customer_id: int) -> Sequence[int]:
        """Return a customer's conversations."""
        query = select(Conversation.id).where(Conversation.customer_id == customer_id)
        return self.session.scalars(query).all()

    def policies_of_any(self, customers: Sequence[int]) -> Sequence[Policy]:
        """Return the policies of several customers: one query, also for none of them."""
        query = select(Policy).where(Policy.customer_id.in_(customers or (-1,)))
        return self.session.scalars(query.limit(_MOST_POLICIES)).all()

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

    def take_turns(self, phone_blind: str) -> None:
        """Let proofs of one phone wait for each other, so that parallel guesses are all counted.

        On SQLite the one writer does this already.
        """
        if self.session.get_bind().dialect.name == "postgresql":
            key = int.from_bytes(hashlib.sha256(phone_blind.encode()).digest()[:8], signed=True)
            self.session.execute(select(func.pg_advisory_xact_lock(key)))

    def codes_to_person_since(self, phone_blind: str, since: datetime) -> int:
        """Return how many codes went to a phone, and to its owner's others, whoever asked."""
        query = select(func.count()).where(
            _of_person(OneTimeCode.phone_blind, phone_blind), OneTimeCode.sent_at >= since
        )
        return int(self.session.scalar(query) or 0)

    def codes_since(self, since: datetime) -> int:
        """Return how many codes were sent to anybody."""
        query = select(func.count()).where(OneTimeCode.sent_at >= since)
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

    def person_failures_since(self, phone_blind: str, since: datetime) -> int:
        """Return the failures on a phone, and on its owner's others, from whatever identity."""
        query = select(func.count()).where(
            _of_person(VerificationFailure.phone_blind, phone_blind),
            VerificationFailure.at >= since,
        )
        return int(self.session.scalar(query) or 0)

    def forgive(self, phone_blind: str) -> int:
        """Take back the failures on a person's phones: a colleague made sure who it is."""
        done = self.session.execute(
            delete(VerificationFailure)
            .where(_of_person(VerificationFailure.phone_blind, phone_blind))
            .returning(VerificationFailure.id)
        )
        return len(done.all())

    def forget_proofs(self, conversation_id: int, at: datetime) -> None:
        """Let phones that were proved here count as proved no more."""
        self.session.execute(
            update(OneTimeCode)
            .where(
                OneTimeCode.conversation_id == conversation_id,
                OneTimeCode.forgotten_at.is_(None),
            )
            # The row stays: the limits count it, or unbinding would be a way around them.
            .values(used=True, forgotten_at=at)
        )

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

    def everywhere(self, conversation_id: int) -> Select[int]:
        """Return this conversation and all others of its customer: what was said there counts."""
        own = select(Conversation.customer_id).where(Conversation.id == conversation_id)
        return select(Conversation.id).where(
            or_(
                Conversation.id == conversation_id,
                Conversation.customer_id == own.scalar_subquery(),
            )
        )

    def opted_out(self, conversation_id: int) -> Sequence[str]:
        """Return the categories that this identity does not want."""
        query = select(OptOut.category).where(OptOut.conversation_id == conversation_id)
        return self.session.scalars(query).all()

    def opt_in(self, conversation_id: int, category: str = "") -> None:
        """Send a category again, or every one, wherever this customer had stopped it."""
        theirs = delete(OptOut).where(OptOut.conversation_id.in_(self.everywhere(conversation_id)))
        self.session.execute(theirs.where(OptOut.category == category) if category else theirs)

    def opt_out(self, conversation_id: int, category: str, at: datetime) -> None:
        """Stop a category of messages; doing it twice changes nothing."""
        dialect = postgresql if self.session.get_bind().dialect.name == "postgresql" else sqlite
        self.session.execute(
            dialect.insert(OptOut)
            .values(conversation_id=conversation_id, category=category, at=at)
            .on_conflict_do_nothing(index_elements=["conversation_id", "category"])
        )
