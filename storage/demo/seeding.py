"""Fill an empty database with an invented branch: customers, policies, cases in every state.

The same seed and moment give the same rows. Nobody in it exists; `identifiers.py` says how
that is made sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.clock import SHANGHAI
from storage.crypto import Cipher
from storage.demo import claims, complaints, contacts, customers, policies, tickets
from storage.demo.claims import ClaimBook
from storage.demo.complaints import ComplaintBook
from storage.demo.contacts import Opened
from storage.demo.customers import Client
from storage.demo.numbers import Numbers
from storage.demo.personas import PERSONAS, Persona
from storage.demo.policies import Cover
from storage.models.base import Base
from storage.models.case import CaseEvent, Claim, Complaint, Survey, Ticket
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.policy import Policy

RANDOM_SEED = 20261122
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class DemoSummary:
    """What was written, and whom to log in as; all counts are 0 when it was there already."""

    customers: int = 0
    policies: int = 0
    claims: int = 0
    complaints: int = 0
    tickets: int = 0
    surveys: int = 0
    personas: tuple[Persona, ...] = PERSONAS


def is_seeded(session: Session) -> bool:
    """Tell whether the demo data is in this database."""
    query = select(Customer.id).where(Customer.ref == PERSONAS[0].ref)
    return session.scalar(query) is not None


def seed(
    session: Session, cipher: Cipher, now: datetime, random_seed: int = RANDOM_SEED
) -> DemoSummary:
    """Write the demo data unless it is there; the caller commits."""
    if is_seeded(session):
        return DemoSummary()
    rng = Random(random_seed)  # noqa: S311 - invented data, nothing secret
    return _Seeding(session, cipher, now.astimezone(SHANGHAI), rng).run()


@dataclass(frozen=True)
class _Seeding:
    session: Session
    cipher: Cipher
    now: datetime
    rng: Random

    def run(self) -> DemoSummary:
        people = customers.clients(self.rng, self.now.date())
        covers = policies.portfolio(self.rng, self.now.date(), people)
        ids = self._store_customers(people)
        self._insert(Policy, [cover.row(ids[cover.client.ref]) for cover in covers])
        numbers = Numbers.load(self.session)
        claim_book = ClaimBook(self.rng, self.now, self.cipher, numbers, covers)
        claims.fill(claim_book)
        complaint_book = ComplaintBook(self.rng, self.now, self.cipher, numbers)
        authors = complaints.author_pool(people)
        complaints.fill(complaint_book, authors)
        promises, promise_events = tickets.rows(self.rng, self.now, numbers, authors[1:])
        self._insert(Claim, claim_book.claims)
        self._insert(Complaint, complaint_book.complaints)
        self._insert(Ticket, promises)
        self._insert(CaseEvent, claim_book.events + complaint_book.events + promise_events)
        numbers.save(self.session)
        asked = self._store_contacts(covers, ids, claim_book, complaint_book)
        return DemoSummary(
            customers=len(people),
            policies=len(covers),
            claims=len(claim_book.claims),
            complaints=len(complaint_book.complaints),
            tickets=len(promises),
            surveys=asked,
        )

    def _store_customers(self, people: Sequence[Client]) -> dict[str, int]:
        self._insert(Customer, [client.row(self.cipher) for client in people])
        query = select(Customer.ref, Customer.id).where(Customer.ref.like("DEMO-%"))
        return dict(self.session.execute(query).all())

    def _store_contacts(
        self,
        covers: Sequence[Cover],
        ids: Mapping[str, int],
        claim_book: ClaimBook,
        complaint_book: ComplaintBook,
    ) -> int:
        ended = claim_book.ended + complaint_book.ended
        known = {ref: ids[ref] for ref in contacts.refs(covers, ended, self.now)}
        self._insert(Conversation, contacts.conversations(self.rng, self.now, self.cipher, known))
        query = (
            select(Customer.ref, Conversation.id, Conversation.opened_at)
            .join(Customer, Customer.id == Conversation.customer_id)
            .where(Conversation.peer.in_([contacts.peer(self.cipher, ref) for ref in known]))
            .order_by(Conversation.id)
        )
        opened = {ref: Opened(number, at) for ref, number, at in self.session.execute(query)}
        self._insert(Message, contacts.messages(list(opened.values())))
        surveys = contacts.surveys(self.rng, self.now, opened, ended)
        self._insert(Survey, surveys)
        return len(surveys)

    def _insert(self, model: type[Base], rows: Rows) -> None:
        # Otherwise rows with and without a null part into many statements.
        self.session.execute(insert(model), list(rows), execution_options={"render_nulls": True})
