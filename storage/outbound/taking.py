"""Which touches a worker takes: due ones, the urgent first, one at a time for each customer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, update
from sqlalchemy import text as words

from storage.models.base import table_of
from storage.models.outbound import OutboundStop
from storage.models.outbox import BUSY, OutboxItem
from storage.outbound.judge import HELD, HOLD
from storage.rules.outbound import Rules

_item, _stop = table_of(OutboxItem), table_of(OutboundStop)
_HELD_AT_ONCE = 2_000
# Workers take one after the other on PostgreSQL: what one is about to lease another would
# neither see nor find locked in time to keep a customer's touches in their order.
_TURN = 0x416E4461


def take(
    connection: Connection, rules: Rules, worker: str, now: datetime, seconds: int, limit: int
) -> list[int]:
    """Lease up to ``limit`` due touches and return their numbers."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
    _hold_stopped(connection, now)
    found: dict[str, int] = {}
    priority = _next_priority(connection, -1)
    while priority is not None and len(found) < limit:
        query = _due(rules, now, priority).limit(limit - len(found))
        for row in connection.execute(query.with_for_update(skip_locked=True, of=_item)):
            found.setdefault(row.peer, row.id)
        priority = _next_priority(connection, priority)
    ids = list(found.values())
    if ids:
        lease = {"lease_by": worker, "lease_until": now + timedelta(seconds=seconds)}
        connection.execute(update(_item).where(_item.c.id.in_(ids)).values(lease))
    return ids


def _hold_stopped(connection: Connection, now: datetime) -> None:
    """Put off what a person has stopped, without judging it one by one again and again."""
    for stop in connection.execute(select(_stop)).all():
        held = select(_item.c.id).where(
            _item.c.status == "planned",
            _item.c.kind == stop.kind,
            _item.c.due_at <= now,
            _item.c.lease_by.is_(None),
        )
        why = f"{HELD}：{stop.reason}"[:255]
        connection.execute(
            update(_item)
            .where(_item.c.id.in_(held.limit(_HELD_AT_ONCE)))
            .values(due_at=now + HOLD, reason=why)
        )


def _next_priority(connection: Connection, last: int) -> int | None:
    """Return the next less urgent priority: what waits for next week is not walked through."""
    query = select(func.min(_item.c.priority)).where(
        _item.c.status == "planned", _item.c.priority > last
    )
    return connection.execute(query).scalar()


def _due(rules: Rules, now: datetime, priority: int) -> Select[Any]:
    free = or_(_item.c.lease_until.is_(None), _item.c.lease_until < now)
    return (
        select(_item.c.id, _item.c.peer)
        .where(
            _item.c.status == "planned",
            _item.c.priority == priority,
            _item.c.due_at <= now,
            _item.c.kind.in_(sorted(rules.kinds)),
            free,
            ~_blocked(rules, now),
        )
        .order_by(_item.c.due_at, _item.c.id)
    )


def _blocked(rules: Rules, now: datetime) -> ColumnElement[bool]:
    """Tell whether another touch to the same customer is under way, or is tried again before it.

    One that is merely due and comes earlier is found earlier, so that nothing need be asked of
    the touches that nobody has looked at yet.
    """
    other = _item.alias("other")
    busy = words(BUSY.replace("status", "other.status").replace("lease_by", "other.lease_by")
                 .replace("attempts", "other.attempts"))  # fmt: skip
    before = or_(
        other.c.priority < _item.c.priority,
        and_(other.c.priority == _item.c.priority, other.c.id < _item.c.id),
    )
    return exists().where(
        other.c.peer == _item.c.peer,
        busy,
        other.c.id != _item.c.id,
        other.c.kind.in_(sorted(rules.kinds)),
        or_(
            other.c.status == "sending",
            and_(other.c.lease_until.is_not(None), other.c.lease_until >= now),
            and_(other.c.attempts > 0, before),
        ),
    )
