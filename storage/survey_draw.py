"""Whom the regular survey draws: as many from every channel, group of customers and line (S55)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select

from storage.models.base import table_of
from storage.models.case import Survey
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.rules.surveys import rules
from storage.unit_of_work import UnitOfWork

_conversation, _customer, _policy = map(table_of, (Conversation, Customer, Policy))
_survey = table_of(Survey)
_AT_REST: Final = timedelta(days=1)
NOBODY: Final = ""


class Stratum(NamedTuple):
    """Customers who are alike: '' where we do not know who it is, or they have no policy."""

    channel: str
    group: str
    line: str


def drawn(uow: UnitOfWork, now: datetime) -> Iterator[int]:
    """Yield the conversations of this quarter's survey: the same ones however often it runs."""
    table, seed = rules(), _hash(quarter(now))
    alike: dict[Stratum, list[int]] = {}
    query = _joined(now.date()).where(
        _conversation.c.last_at > now - table.active,
        # Whoever is talking with us just now is not interrupted.
        _conversation.c.last_at <= now - _AT_REST,
        _conversation.c.last_seq > 0,
    )
    for row in uow.connection.execute(query):
        alike.setdefault(_stratum(row[1:]), []).append(int(row[0]))
    for _, numbers in sorted(alike.items()):
        # A fixed shuffle by number: nobody chooses, and running again draws nobody new.
        shuffled = sorted(numbers, key=lambda n: (n * 2_654_435_761 + seed) % 2**32)
        yield from shuffled[: table.per_stratum]


def coverage(uow: UnitOfWork, since: datetime, on: date) -> Sequence[tuple[Stratum, str, int]]:
    """Return (stratum, occasion, asked): whether every group of customers was heard (S55)."""
    line = _line(on)
    parts = (_conversation.c.channel, _customer.c.kind, line, _survey.c.about)
    query = (
        select(*parts, func.count())
        .select_from(
            _survey.join(_conversation, _conversation.c.id == _survey.c.conversation_id).outerjoin(
                _customer, _customer.c.id == _conversation.c.customer_id
            )
        )
        .where(_survey.c.sent_at >= since, _survey.c.status != "skipped")
        .group_by(*parts)
    )
    found = [(_stratum(row[:3]), str(row[3]), int(row[4])) for row in uow.connection.execute(query)]
    return sorted(found)


def quarter(now: datetime) -> str:
    """Return the name of a quarter."""
    return f"{now.year}Q{(now.month - 1) // 3 + 1}"


def _joined(on: date) -> Select[Any]:
    return select(
        _conversation.c.id, _conversation.c.channel, _customer.c.kind, _line(on)
    ).select_from(_conversation.outerjoin(_customer, _customer.c.id == _conversation.c.customer_id))


def _line(on: date) -> ScalarSelect[str]:
    """Return the line of a customer's policy that runs longest."""
    mine: ColumnElement[bool] = _policy.c.customer_id == _conversation.c.customer_id
    query = select(_policy.c.line).where(mine, _policy.c.ends_on >= on)
    return query.order_by(_policy.c.ends_on.desc(), _policy.c.id).limit(1).scalar_subquery()


def _stratum(row: Sequence[str | None]) -> Stratum:
    channel, group, line = row
    return Stratum(channel or NOBODY, group or NOBODY, line or NOBODY)


def _hash(text: str) -> int:
    """Return the same number for the same text in every process."""
    return int.from_bytes(text.encode(), "big") % 2**32
