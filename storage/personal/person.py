"""Everything by which one person is known here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from storage import joined
from storage.models.application import Application
from storage.models.case import Claim, Complaint, Ticket
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.identity import IdentityBinding
from storage.models.policy import Policy
from storage.models.service import ServiceRequest
from storage.personal.declaration import TableRule

CHUNK = 400
_SHORTEST_WORD = 2


@dataclass
class Person:
    """Sets of keys, and the words themselves for what can only be searched."""

    customers: set[int] = field(default_factory=set)
    conversations: set[int] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    papers: set[str] = field(default_factory=set)
    policies: set[str] = field(default_factory=set)
    policy_ids: set[int] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    peers: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    plain_phones: set[str] = field(default_factory=set)
    addresses: set[tuple[str, str, str]] = field(default_factory=set)

    def mentions(self, text: str) -> bool:
        """Tell whether a text names this person."""
        return any(word in text for word in self.words)

    def masked(self, text: str) -> str:
        """Return a text without what names this person."""
        for word in sorted(self.words, key=len, reverse=True):
            text = text.replace(word, "***")
        return text


def of_customer(session: Session, customer_id: int) -> Person:
    """Return the person with this customer record, and with those that were joined to it."""
    person = Person(customers=set(joined.group(session.connection(), customer_id)))
    query = select(Conversation.id).where(Conversation.customer_id.in_(person.customers))
    person.conversations |= set(session.scalars(query))
    # A talk that was bound once and to nobody since is still this person's.
    once = select(Conversation.id).join(
        IdentityBinding, IdentityBinding.conversation_id == Conversation.id
    )
    once = once.where(
        IdentityBinding.customer_id.in_(person.customers), Conversation.customer_id.is_(None)
    )
    person.conversations |= set(session.scalars(once))
    return completed(session, person)


def of_conversation(session: Session, conversation_id: int) -> Person:
    """Return the person behind a channel identity, with their customer record where it is bound."""
    bound = session.scalar(
        select(Conversation.customer_id).where(Conversation.id == conversation_id)
    )
    if bound is not None:
        return of_customer(session, bound)
    return completed(session, Person(conversations={conversation_id}))


def completed(session: Session, person: Person) -> Person:
    """Return a person with all that follows from their records and conversations."""
    for customer in session.scalars(select(Customer).where(Customer.id.in_(person.customers))):
        person.phones.add(customer.phone_blind)
        person.papers.add(customer.id_blind)
        person.plain_phones.add(customer.phone)
        person.words |= {customer.name, customer.id_number, customer.phone}
    for policy in session.scalars(select(Policy).where(Policy.customer_id.in_(person.customers))):
        person.policies.add(policy.number)
        person.policy_ids.add(policy.id)
        person.words |= {policy.number, policy.plate or ""}
    talks = select(Conversation).where(Conversation.id.in_(person.conversations))
    for talk in session.scalars(talks):
        person.peers.add(talk.peer)
        person.addresses.add((talk.channel, talk.account, talk.peer))
        person.words.add(talk.peer)
    # A short message goes to the blind index of the phone.
    person.peers |= person.phones
    person.words = {word for word in person.words if len(word) >= _SHORTEST_WORD}
    person.cases |= set(_cases(session, person))
    return person


def _cases(session: Session, person: Person) -> Iterator[str]:
    """Yield the numbers of claims, complaints and tickets that are this person's."""
    claim_ways = _mine(Claim.conversation_id, Claim.phone_blind, person)
    yield from session.scalars(
        select(Claim.number).where(or_(claim_ways, Claim.policy_number.in_(person.policies)))
    )
    yield from session.scalars(
        select(Complaint.number).where(
            _mine(Complaint.conversation_id, Complaint.phone_blind, person)
        )
    )
    yield from session.scalars(
        select(Application.number).where(
            _mine(Application.conversation_id, Application.phone_blind, person)
        )
    )
    yield from session.scalars(
        select(Ticket.number).where(Ticket.conversation_id.in_(person.conversations))
    )
    yield from session.scalars(
        select(ServiceRequest.number).where(
            or_(
                ServiceRequest.conversation_id.in_(person.conversations),
                ServiceRequest.customer_id.in_(person.customers),
            )
        )
    )
    refs = select(Customer.ref).where(Customer.id.in_(person.customers))
    wanted = set(session.scalars(refs))
    # A request at the counter has no conversation: the ticket names the customer.
    counter = select(Ticket).where(Ticket.conversation_id.is_(None), Ticket.kind.like("privacy_%"))
    yield from (
        t.number for t in session.scalars(counter) if wanted and t.facts.get("customer") in wanted
    )


def _mine(talk: Any, phone: Any, person: Person) -> ColumnElement[bool]:
    """What was reported here, or under the phone unless it is another customer's conversation.

    A family may share a phone: what one of them said in a conversation of their own stays theirs.
    """
    others = select(Conversation.id).where(
        Conversation.customer_id.is_not(None),
        Conversation.customer_id.not_in(person.customers or {0}),
    )
    by_phone = and_(phone.in_(person.phones), or_(talk.is_(None), talk.not_in(others)))
    return or_(talk.in_(person.conversations), by_phone)


def chunks(keys: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """Yield keys in portions that every database takes as parameters."""
    found = sorted(keys)
    for start in range(0, len(found), CHUNK):
        yield found[start : start + CHUNK]


def rows(session: Session, rule: TableRule, person: Person) -> list[dict[str, Any]]:
    """Return the rows of a table that are about this person, each once."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    keys = list(rule.table.primary_key)
    if rule.search:
        column = rule.table.c[rule.search]
        for row in session.execute(select(rule.table).execution_options(yield_per=500)).mappings():
            if person.words and person.mentions(str(row[column] or "")):
                found[tuple(row[k] for k in keys)] = dict(row)
        return list(found.values())
    for name, group in rule.ties.items():
        for part in chunks(getattr(person, group)):
            query = select(rule.table).where(rule.table.c[name].in_(part)).order_by(*keys)
            for row in session.execute(query).mappings():
                found[tuple(row[k] for k in keys)] = dict(row)
    return list(found.values())
