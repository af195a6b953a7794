"""Policies of touches where the core system leads: what it told us, and whom to ask about first.

Our own rows only say whom to think of. Whether the policy is still there, when it ends, whether it
is renewed or paid is read from the core's last answer, which must be fresh when a touch leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from bot.desks.policy_source import CorePolicy
from storage import joined
from storage.models.base import table_of
from storage.models.personal import PolicySnapshot
from storage.outbound.letters import CoreLead
from storage.policy_source import policy_of
from storage.rules.outbound import Rules

_snapshot = table_of(PolicySnapshot)
_CHECKS = frozenset(("policy", "unpaid"))
_RUNNING = ("有效", "未生效")
PolicyRow = Mapping[str, Any]
# A customer, and all references under which the core system knows them.
Whom = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Told:
    """What the core has told: policies by number, and customers it was not asked about lately."""

    policies: Mapping[str, PolicyRow]
    unchecked: frozenset[int] = field(default_factory=frozenset)


def concerned(rows: Iterable[RowMapping], rules: Rules) -> Iterator[int]:
    """Yield the customers of touches that depend on a policy."""
    for row in rows:
        if needs(row, rules) and row["customer_id"] is not None:
            yield int(row["customer_id"])


def needs(row: RowMapping, rules: Rules) -> bool:
    """Tell whether a touch depends on a policy."""
    return bool(row["subject"] and _CHECKS.intersection(rules.kinds[row["kind"]].recheck))


def told(
    connection: Connection, rows: Sequence[RowMapping], rules: Rules, now: datetime, lead: CoreLead
) -> Told:
    """Return what the core system has told of the customers of these touches."""
    customers = set(concerned(rows, rules))
    query = select(_snapshot).where(_snapshot.c.customer_id.in_(customers))
    known: dict[int, Sequence[CorePolicy]] = {
        row.customer_id: [policy_of(one) for one in row.body]
        for row in connection.execute(query)
        if lead.rehearsing or now - row.fetched_at <= lead.fresh
    }
    found = {
        policy.number: _row(policy, customer, policies)
        for customer, policies in known.items()
        for policy in policies
    }
    return Told(found, frozenset(customers - set(known)))


def to_ask(
    connection: Connection, rows: Sequence[RowMapping], rules: Rules, now: datetime, lead: CoreLead
) -> list[Whom]:
    """Return everybody whom the core is to be asked about first."""
    missing = told(connection, rows, rules, now, lead).unchecked
    found = joined.refs(connection, missing)
    return [(customer, tuple(theirs)) for customer, theirs in found.items() if theirs]


def _row(policy: CorePolicy, customer: int, theirs: Sequence[CorePolicy]) -> PolicyRow:
    """Return a policy in the columns of our own table, with whether it is renewed."""
    later = any(
        other.number != policy.number
        and (other.line, other.product, other.plate) == (policy.line, policy.product, policy.plate)
        and other.ends_on > policy.ends_on
        and other.status in _RUNNING
        for other in theirs
    )
    return {**vars(policy), "customer_id": customer, "renewed": later}
