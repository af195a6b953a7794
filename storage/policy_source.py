"""The two sources of policies: our tables, and what the core system told us last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.desks.policies import PolicyWish
from bot.desks.policy_source import ANY, MOST, CorePolicy, Known, PolicyFacts, PolicySource
from bot.settings import PolicySource as Rules
from storage import joined
from storage.models.customer import Customer
from storage.models.personal import PolicySnapshot
from storage.models.policy import Policy


@dataclass(frozen=True)
class OwnTables:
    """Policies that were imported or written here."""

    session: Session
    today: date

    def fresh(self, customer_id: int) -> bool:
        """Our own tables are never behind."""
        return True

    def of_customer(self, customer_id: int, wish: PolicyWish = ANY, most: int = MOST) -> Known:
        """Return a customer's policies that fit: what runs out next first, what is over last."""
        query = select(Policy).where(Policy.customer_id == customer_id)
        for column, wanted in (
            (Policy.number, wish.number),
            (Policy.plate, wish.plate),
            (Policy.line, wish.line),
        ):
            if wanted:
                query = query.where(column == wanted)
        if wish.product:
            query = query.where(Policy.product.contains(wish.product, autoescape=True))
        # Two walks along the index: sorted in one, all policies of a fleet would have to be read.
        coming = query.where(Policy.ends_on >= self.today).order_by(Policy.ends_on, Policy.id)
        found = list(self.session.scalars(coming.limit(most)))
        if len(found) < most:
            over = query.where(Policy.ends_on < self.today)
            over = over.order_by(Policy.ends_on.desc(), Policy.id).limit(most - len(found))
            found += self.session.scalars(over)
        return Known(found)

    def one(self, customer_id: int, number: str) -> PolicyFacts | None:
        """Return one policy of a customer."""
        query = select(Policy).where(Policy.customer_id == customer_id, Policy.number == number)
        return self.session.scalar(query)


@dataclass(frozen=True)
class CoreSnapshots:
    """Policies of the core system as it told us, if that is not too long ago.

    Whether to ask anew is settled before a flow goes on (`fresh`). What it then works with is the
    last answer, with its date: the core may be down by now, and a form takes its time.
    """

    session: Session
    rules: Rules
    now: datetime

    def fresh(self, customer_id: int) -> bool:
        """Tell whether the last answer is a few minutes old at most."""
        found = self.session.get(PolicySnapshot, customer_id)
        limit = timedelta(minutes=self.rules.fresh_minutes)
        return found is not None and self.now - found.fetched_at <= limit

    def of_customer(
        self, customer_id: int, wish: PolicyWish = ANY, most: int = MOST
    ) -> Known | None:
        """Return what fits of the last answer unless that is too old."""
        found = self.session.get(PolicySnapshot, customer_id)
        longest = timedelta(hours=self.rules.stale_hours)
        if found is None or self.now - found.fetched_at > longest:
            return None
        mine = (replace(policy_of(row), customer_id=customer_id) for row in found.body)
        told = sorted(mine, key=self._turn)
        return Known([p for p in told if _fits(p, wish)][:most], found.as_of)

    def _turn(self, policy: CorePolicy) -> tuple[bool, int]:
        """What runs out next comes first, what is over last."""
        left = (policy.ends_on - self.now.date()).days
        return left < 0, abs(left)

    def one(self, customer_id: int, number: str) -> PolicyFacts | None:
        """Return one policy of a customer."""
        known = self.of_customer(customer_id)
        return next((p for p in known.policies if p.number == number), None) if known else None


def source(session: Session, rules: Rules, now: datetime) -> PolicySource:
    """Return the source that the configuration names."""
    if rules.kind == "own":
        return OwnTables(session, now.date())
    return CoreSnapshots(session, rules, now)


def forget(session: Session, customer_id: int | None) -> None:
    """What was told of a customer is true no more: ask anew the next time."""
    session.execute(delete(PolicySnapshot).where(PolicySnapshot.customer_id == customer_id))


def still_asked(session: Session, customer_id: int, refs: Sequence[str]) -> bool:
    """Tell whether these are the person's references still, and hold that to the end.

    What is behind a record changes when it is joined or taken apart: an answer to an enquiry of
    before would show too little, or somebody else's.
    """
    held = select(Customer.id).where(Customer.id == customer_id).with_for_update(read=True)
    session.execute(held)
    return joined.refs(session.connection(), [customer_id])[customer_id] == [*refs]


def _fits(policy: CorePolicy, wish: PolicyWish) -> bool:
    return (
        wish.number in ("", policy.number)
        and wish.plate in ("", policy.plate)
        and wish.line in ("", policy.line)
        and wish.product in policy.product
    )


def keep(
    session: Session,
    customer_id: int,
    policies: Sequence[CorePolicy],
    as_of: datetime,
    fetched_at: datetime,
) -> None:
    """Replace what we know of a customer: all of it, never a part."""
    found = session.get(PolicySnapshot, customer_id)
    if found is None:
        found = PolicySnapshot(customer_id=customer_id)
        session.add(found)
    elif found.as_of > as_of:
        return  # an older answer came in later
    found.body = [row_of(policy) for policy in policies]
    found.as_of, found.fetched_at = as_of, fetched_at
    session.flush()


def row_of(policy: CorePolicy) -> dict[str, Any]:
    """Return a policy as JSON."""
    return {name: value for name, value in vars(policy).items() if name != "customer_id"} | {
        "starts_at": policy.starts_at.isoformat(),
        "ends_on": policy.ends_on.isoformat(),
        "details": dict(policy.details),
    }


def policy_of(row: dict[str, Any]) -> CorePolicy:
    """Return a policy from JSON."""
    times = {
        "starts_at": datetime.fromisoformat(row["starts_at"]),
        "ends_on": date.fromisoformat(row["ends_on"]),
    }
    return CorePolicy(**(row | times))
