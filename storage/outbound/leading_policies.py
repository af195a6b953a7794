"""The policies of touches from whoever leads: our own tables, or the core system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, exists, or_, select

from storage.models.base import table_of
from storage.models.policy import Policy
from storage.outbound import core_policies
from storage.outbound.core_policies import PolicyRow, Told
from storage.outbound.letters import CoreLead
from storage.rules.outbound import Rules

_policy = table_of(Policy)


def told(
    connection: Connection,
    rows: Sequence[RowMapping],
    rules: Rules,
    now: datetime,
    core: CoreLead | None,
) -> Told:
    """Return the policies of touches from whoever leads: our own tables or the core system."""
    numbers = {row["subject"] for row in rows if row["subject"]}
    if core is None:
        return Told(_policies(connection, numbers))
    found = core_policies.told(connection, rows, rules, now, core)
    if not core.rehearsing:
        return found
    return Told({**_policies(connection, numbers), **found.policies})


def _policies(connection: Connection, numbers: Iterable[str]) -> dict[str, PolicyRow]:
    """Return our own rows by number, each with whether it is renewed."""
    rows = connection.execute(_POLICIES, {"numbers": list(numbers)}).mappings()
    return {str(row["number"]): dict(row) for row in rows}


def _with_renewal() -> Select[Any]:
    later = _policy.alias("later")
    renewed = exists().where(
        later.c.customer_id == _policy.c.customer_id,
        later.c.line == _policy.c.line,
        later.c.ends_on > _policy.c.ends_on,
        later.c.id != _policy.c.id,
        later.c.status.in_(("有效", "未生效")),
        later.c.product == _policy.c.product,
        or_(
            later.c.plate == _policy.c.plate,
            and_(later.c.plate.is_(None), _policy.c.plate.is_(None)),
        ),
    )
    wanted = _policy.c.number.in_(bindparam("numbers", expanding=True))
    return select(_policy, renewed.label("renewed")).where(wanted)


# Said once: to put it together takes longer than SQLite takes to answer it.
_POLICIES = _with_renewal()
