"""The part of a person that one channel identity is: what came over it, and nothing else.

A platform that tells of a withdrawn authorisation speaks of its own user. What the branch has of
the same person by contract, and what they said elsewhere, is theirs to have erased, by the
request of a person whose identity was checked.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import joined
from storage.models.customer import Customer
from storage.personal import person as people
from storage.personal.person import Person
from storage.personal.verdicts import verdicts


def of_identity(session: Session, conversation: int, ref: str, today: date) -> Person:
    """Return what one conversation is; ``ref`` is the customer whom it was bound to, if any.

    Cases that are the customer's by phone or policy stay in their file when they are over. While
    they run, what was said about them here is evidence.
    """
    own = people.completed(session, Person(conversations={conversation}))
    customer = session.scalar(select(Customer.id).where(Customer.ref == ref)) if ref else None
    if customer is None:
        return own
    group = set(joined.group(session.connection(), customer))
    theirs = people.completed(session, Person(customers=group)).cases
    running = {v.key for v in verdicts(session, own, today) if v.fate == "keep"}
    own.cases -= theirs - running
    return own
