"""One person under two customer records: another phone, another policy, a talk of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dialogue.message import InboundMessage
from storage.crypto import Cipher
from storage.customer_joins import CustomerJoins, Wanted
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.identity import Consent
from storage.models.joining import CustomerJoin
from storage.models.policy import Policy
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork
from tests.storage.identity_kit import DOCUMENT, NOW, PHONE, POLICY, customer, policy

KEPT, AWAY = "c1", "c2"
PHONE_2, DOCUMENT_2, POLICY_2, PLATE_2 = (
    "13800000002", "990101198001019999", "TATJ20260101000002", "津A22B22",
)  # fmt: skip
BY = "staff:刘洋"


def settle(session: Session, cipher: Cipher) -> None:
    """Write both records, each with a policy, and a talk of the second with a consent."""
    one = customer(cipher, KEPT, PHONE, DOCUMENT)
    two = customer(cipher, AWAY, PHONE_2, DOCUMENT_2)
    session.add_all([one, two])
    session.flush()
    session.add_all([policy(POLICY, one.id), policy(POLICY_2, two.id, PLATE_2)])
    session.flush()
    talk = Conversation(
        channel="wechat", account="wx", peer="o2", state={}, owner="bot", owner_rev=0, fence_rev=0,
        customer_id=two.id, verified_until=NOW + timedelta(hours=1), subscribed=True, last_seq=0,
        opened_at=NOW, last_at=NOW,
    )  # fmt: skip
    session.add(talk)
    session.flush()
    session.add(
        Consent(
            conversation_id=talk.id, customer_id=two.id, code="marketing", version="1", given=True,
            how="chat", at=NOW,
        )
    )  # fmt: skip


def record(session: Session, ref: str) -> Customer:
    """Return a record."""
    return session.scalars(select(Customer).where(Customer.ref == ref)).one()


def wanted(uow: UnitOfWork, kept: str = KEPT, away: str = AWAY, **more: Any) -> Wanted:
    """Return the wish to join two records as they are shown now."""
    records = CustomerJoins(uow, NOW, BY)
    known = select(Customer.ref).where(Customer.ref.in_((kept, away)))
    there = set(uow.session.scalars(known)) == {kept, away}
    seen = records.seen(record(uow.session, kept), record(uow.session, away)) if there else "-"
    values = {"reason": "paper", "words": "证件相同，已电话核对", "seen": seen}
    return Wanted(kept, away, **(values | more))


def join(ways: Transactions, at: datetime = NOW, **more: Any) -> int:
    """Join the two; return the number of the join."""

    def work(uow: UnitOfWork) -> int:
        return CustomerJoins(uow, at, BY).join(wanted(uow, **more)).id

    return ways.run(work)


def part(ways: Transactions, number: int, words: str = "并错了，不是同一人") -> None:
    """Take them apart."""
    ways.run(lambda uow: CustomerJoins(uow, NOW, BY).part(number, words).id)


def owners(session: Session) -> dict[str, str]:
    """Return whose policies and talks are, by their numbers."""
    refs = {one.id: one.ref for one in session.scalars(select(Customer))}
    found = {p.number: refs[p.customer_id] for p in session.scalars(select(Policy))}
    talks = session.scalars(select(Conversation).where(Conversation.customer_id.is_not(None)))
    return found | {talk.peer: refs[talk.customer_id or 0] for talk in talks}


def standing(session: Session) -> int:
    """Return how many joins hold."""
    query = select(CustomerJoin.id).where(CustomerJoin.undone_at.is_(None))
    return len(session.scalars(query).all())


def hello(peer: str = "o2") -> InboundMessage:
    """Return a message of a talk."""
    return InboundMessage("wechat", "wx", peer, "k", NOW, "在吗")
