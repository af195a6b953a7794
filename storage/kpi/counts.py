"""How much began in a period, counted from the ledger like every figure beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, String, cast, func, literal, select

from storage.kpi.definition import EVENT, Period, within
from storage.models.base import Base, table_of
from storage.models.case import Claim, Complaint, Handoff, Survey, Ticket

# What stands for the state of a case that the tables do not know any more.
GONE: Final = "gone"


class Begun(NamedTuple):
    """Which rows tell that something began, and where it is looked up how it stands now."""

    kinds: tuple[str, ...]
    model: type[Base]


COUNTED: Final[Mapping[str, Begun]] = {
    "claims": Begun(("claim.reported", "claim.draft"), Claim),
    "complaints": Begun(("complaint.received",), Complaint),
    "tickets": Begun(("ticket.opened",), Ticket),
    "handoffs": Begun(("handoff.opened",), Handoff),
    "surveys": Begun(("survey.sent",), Survey),
}


def begun(connection: Connection, period: Period) -> dict[str, dict[str, int]]:
    """Return what began in a period: contacts by channel, cases by how they stand now."""
    found = {"conversations": _contacts(connection, period)}
    return found | {name: _cases(connection, period, one) for name, one in COUNTED.items()}


def _contacts(connection: Connection, period: Period) -> dict[str, int]:
    query = (
        select(EVENT.c.channel, func.count())
        .where(EVENT.c.kind == "session", within(period))
        .group_by(EVENT.c.channel)
    )
    return {str(channel): int(count) for channel, count in connection.execute(query)}


def _cases(connection: Connection, period: Period, one: Begun) -> dict[str, int]:
    table = table_of(one.model)
    state = func.coalesce(table.c.status, GONE)
    query = (
        select(state, func.count(EVENT.c.case_number.distinct()))
        .select_from(EVENT.outerjoin(table, _number(table) == EVENT.c.case_number))
        .where(EVENT.c.kind.in_(one.kinds), within(period))
        .group_by(state)
    )
    return {str(status): int(count) for status, count in connection.execute(query)}


def _number(table: Any) -> ColumnElement[Any]:
    """Return the number by which the ledger knows a row."""
    if "number" in table.c:
        number: ColumnElement[Any] = table.c.number
        return number
    return literal("SV", String) + cast(table.c.id, String)
