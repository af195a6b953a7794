"""Which customer records are one person's, for whoever looks something up; reads only.

A record that was joined away owns nothing any more: its documents and phones still prove who
somebody is, and lead to the record that was kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, or_, select

from storage.models.base import table_of
from storage.models.customer import Customer
from storage.models.joining import CustomerJoin

_join, _customer = table_of(CustomerJoin), table_of(Customer)


def homes(connection: Connection, customers: Iterable[int]) -> dict[int, int]:
    """Return for each record the one that holds what is its: itself, unless it was joined away.

    One statement, also for nobody: an asker must not learn whom we know by what it costs.
    """
    asked = list(customers)
    query = select(_join.c.away_id, _join.c.kept_id).where(
        _join.c.away_id.in_(asked or [-1]), _join.c.undone_at.is_(None)
    )
    gone = {row.away_id: row.kept_id for row in connection.execute(query)}
    return {one: gone.get(one, one) for one in asked}


def group(connection: Connection, customer: int) -> list[int]:
    """Return all records of the same person: the one that was kept first."""
    query = select(_join.c.kept_id, _join.c.away_id).where(
        _join.c.undone_at.is_(None), or_(_join.c.away_id == customer, _join.c.kept_id == customer)
    )
    found = connection.execute(query).first()
    kept = found.kept_id if found else customer
    others = select(_join.c.away_id).where(_join.c.kept_id == kept, _join.c.undone_at.is_(None))
    return [kept, *connection.execute(others.order_by(_join.c.id)).scalars()]


def refs(connection: Connection, customers: Iterable[int]) -> dict[int, list[str]]:
    """Return under which references others know each of these persons: the kept one's first.

    A record that was joined away has none of its own any more, nor has one that is gone.
    """
    records = {one: [one] for one in sorted(set(customers))}
    asked = list(records)
    query = select(_join.c.kept_id, _join.c.away_id).where(
        _join.c.undone_at.is_(None), or_(_join.c.kept_id.in_(asked), _join.c.away_id.in_(asked))
    )
    for row in connection.execute(query.order_by(_join.c.id)):
        records.get(row.kept_id, []).append(row.away_id)
        if row.away_id in records:
            records[row.away_id] = []
    every = [record for theirs in records.values() for record in theirs]
    names = select(_customer.c.id, _customer.c.ref).where(_customer.c.id.in_(every))
    known = {int(row.id): str(row.ref) for row in connection.execute(names)}
    return {one: [known[r] for r in theirs if r in known] for one, theirs in records.items()}


def phones(connection: Connection, customer: int) -> list[str]:
    """Return the blind indexes of all phones under which this person is known."""
    query = select(_customer.c.phone_blind).where(_customer.c.id.in_(group(connection, customer)))
    return list(dict.fromkeys(connection.execute(query).scalars()))
