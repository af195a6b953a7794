"""Plans touches about policies: one INSERT … SELECT a page, so that a million are soon looked at.

The words are not made here but when a touch leaves; a row holds no personal data. The unique key
is (policy, end of its term, step): planning again adds nothing. Pages are found one after the
other by the last number looked at, so that memory, locks and other writers' waits stay small.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.clock import SHANGHAI
from storage.crypto import EncryptedJson
from storage.models.base import Moment, table_of
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.outbound import campaigns
from storage.outbound.pace import Pages
from storage.rules.outbound import Rules, Step
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

_item, _policy = table_of(OutboxItem), table_of(Policy)
LADDER = "ladder"


@dataclass(frozen=True)
class Wave:
    """One step of a family on one day: which policies, and when they are touched."""

    family: str
    step: Step
    day: date
    at: clock_time

    @property
    def anchor(self) -> date:
        """Return the date of the policy that this step looks at."""
        return self.day - timedelta(days=self.step.days)

    @property
    def due_at(self) -> datetime:
        """Return when the touches of this wave are due."""
        return datetime.combine(self.day, self.at, SHANGHAI)

    @property
    def campaign(self) -> str:
        """Return the name under which the touches are counted."""
        return f"{self.family}:{self.day}"


def waves(rules: Rules, family: str, day: date) -> list[Wave]:
    """Return the waves of a day, one for each step."""
    part = rules.families()[family]
    return [Wave(family, step, day, part.at) for step in part.steps]


def caught_up(rules: Rules, family: str, day: date) -> list[Wave]:
    """Return the waves of a day and of the day before.

    The window is a day: what a host that was down missed yesterday is still worth a look.
    """
    return [*waves(rules, family, day - timedelta(days=1)), *waves(rules, family, day)]


def plan(ways: Transactions, rules: Rules, found: Sequence[Wave], now: datetime) -> int:
    """Plan all touches of some waves; return how many are new."""
    return sum(sum(_pages(ways, rules, wave, now)) for wave in found)


def _pages(ways: Transactions, rules: Rules, wave: Wave, now: datetime) -> Iterator[int]:
    """A transaction a page: customers are answered between two of them."""
    after: int | None = 0
    pages = Pages(rules.beside_customers, rules.renewal.page)
    while after is not None:
        first, began = after, time.monotonic()
        after = ways.read(partial(_end, rules=rules, wave=wave, after=first, size=pages.size))
        page = partial(plan_page, rules=rules, wave=wave, now=now, after=first, until=after)
        yield ways.run(page)
        time.sleep(pages.after(time.monotonic() - began, ways.heard))


def _end(uow: UnitOfWork, rules: Rules, wave: Wave, after: int, size: int) -> int | None:
    """Return the last number of the page that begins after a number; None on the last page."""
    query = select(_policy.c.id).where(_due(rules, wave), _policy.c.id > after)
    page = query.order_by(_policy.c.id).offset(size - 1).limit(1)
    return uow.connection.execute(page).scalar()


def plan_all(uow: UnitOfWork, rules: Rules, wave: Wave, now: datetime) -> int:
    """Plan a wave within one transaction, for a rehearsal."""
    return plan_page(uow, rules, wave, now, 0, None)


def plan_page(
    uow: UnitOfWork, rules: Rules, wave: Wave, now: datetime, after: int, until: int | None
) -> int:
    """Plan the touches of the policies between two numbers; return how many are new."""
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    query = candidates(rules, wave, now).where(_policy.c.id > after)
    if until is not None:
        query = query.where(_policy.c.id <= until)
    insert = dialect.insert(_item).from_select(list(query.selected_columns.keys()), query)
    campaigns.open_campaign(uow, wave.campaign, wave.family, wave.day, now)
    done = uow.connection.execute(
        insert.on_conflict_do_nothing(index_elements=["dedupe_key"]),
        execution_options={"preserve_rowcount": True},
    )
    return done.rowcount


def candidates(rules: Rules, wave: Wave, now: datetime) -> Select[Any]:
    """Return the query for the rows that a wave would plan, in the order of the policies."""
    values = (value.label(name) for name, value in _values(rules, wave, now).items())
    return select(*values).where(_due(rules, wave)).order_by(_policy.c.id)


def _due(rules: Rules, wave: Wave) -> ColumnElement[bool]:
    if wave.family == "payment":
        return and_(_on_day(wave.anchor), _policy.c.payment.in_(rules.payment.open))
    if wave.family == "issued":
        return and_(_on_day(wave.anchor), _policy.c.status.not_in(rules.renewal.skip_status))
    return _policy.c.ends_on == wave.anchor


def _on_day(day: date) -> ColumnElement[bool]:
    begin = datetime.combine(day, clock_time(), SHANGHAI)
    return and_(_policy.c.starts_at >= begin, _policy.c.starts_at < begin + timedelta(days=1))


def _values(rules: Rules, wave: Wave, now: datetime) -> Mapping[str, ColumnElement[Any]]:
    step, kind = wave.step, rules.kinds[wave.step.kind]
    # A reminder whose morning has passed is due at once; its window counts from the morning.
    due = wave.due_at
    expires = due + timedelta(hours=rules.window_hours)
    # All policies of a wave end on one day, so that one sealed body does for all of them.
    body = {"term": str(wave.anchor)} if wave.family == "renewal" else {}
    number = _policy.c.number
    key = literal(f"{wave.family}:") + number + literal(":")
    return {
        "dedupe_key": key + literal(f"{wave.anchor}:{step.code}"),
        "kind": literal(step.kind),
        "channel": literal(LADDER),
        "account": literal(""),
        "peer": literal("customer:") + cast(_policy.c.customer_id, String),
        "body": literal(body, EncryptedJson("outbox_item.body")),
        "status": literal("planned"),
        "reason": literal(""),
        "provider_id": literal(""),
        "attempts": literal(0),
        "created_at": literal(now, Moment()),
        "due_at": literal(due, Moment()),
        "step": literal(step.code),
        "subject": number,
        "campaign": literal(wave.campaign),
        "customer_id": _policy.c.customer_id,
        "priority": literal(kind.priority),
        "expires_at": literal(expires, Moment()),
    }
