"""What WeChat still lets us send to many customers at once: two statements for a whole list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.outbox import OutboxItem
from storage.outbound.facts import SKEW, is_tap
from storage.outbound.judge import Place, allowed
from storage.rules.outbound import Rules

_message, _item = table_of(Message), table_of(OutboxItem)
# Who only taps buttons that often writes nothing that would open a window.
_NEWEST = 5


@dataclass(frozen=True)
class Left:
    """How many messages may still leave of ``most``; the window closes at ``until``."""

    left: int
    most: int
    until: datetime | None


def left(place: Place, rules: Rules, now: datetime) -> Left:
    """Return what is left of the allowance of one customer, as the judge counts it."""
    message = rules.allowance.message
    room = max((n for n in range(1, message.count + 1) if allowed(place, rules, now, n)), default=0)
    until = place.wrote_at + timedelta(seconds=message.seconds) if place.wrote_at else None
    return Left(room, message.count, until)


def metered(
    connection: Connection, places: Sequence[Place], rules: Rules, now: datetime
) -> dict[int, Left]:
    """Return what is left for each of these WeChat conversations."""
    if not places:
        return {}
    since = now - timedelta(seconds=rules.allowance.message.seconds)
    ids = [place.conversation_id for place in places]
    wrote, tapped = _heard(connection, ids, since)
    sent = _sent(connection, ids, since)
    found = {}
    for place in places:
        one, tap = wrote.get(place.conversation_id), tapped.get(place.conversation_id)
        gone = sent.get(place.conversation_id, ())
        full = replace(
            place, wrote_at=one, used=_since(gone, one), tapped_at=tap,
            used_since_tap=_since(gone, tap),
        )  # fmt: skip
        found[place.conversation_id] = left(full, rules, now)
    return found


def _heard(
    connection: Connection, ids: Sequence[int], since: datetime
) -> tuple[dict[int, datetime], dict[int, datetime]]:
    """Return when each customer last wrote, and last tapped."""
    turn = func.row_number().over(
        partition_by=_message.c.conversation_id, order_by=_message.c.seq.desc()
    )
    newest = (
        select(_message.c.conversation_id, _message.c.body, _message.c.at, turn.label("turn"))
        .where(
            _message.c.conversation_id.in_(ids),
            _message.c.author == "customer",
            _message.c.at > since,
        )
        .subquery()
    )
    wrote: dict[int, datetime] = {}
    tapped: dict[int, datetime] = {}
    query = select(newest).where(newest.c.turn <= _NEWEST).order_by(newest.c.turn)
    for row in connection.execute(query):
        if is_tap(row.body):
            tapped.setdefault(row.conversation_id, row.at)
        elif not row.body.get("event"):
            wrote.setdefault(row.conversation_id, row.at)
    return wrote, tapped


Sent = Sequence[tuple[datetime, int]]


def _sent(connection: Connection, ids: Sequence[int], since: datetime) -> dict[int, Sent]:
    """Return when messages left for each customer, and how much each took."""
    query = select(_item.c.conversation_id, _item.c.sent_at, _item.c.cost).where(
        _item.c.conversation_id.in_(ids),
        _item.c.way == "custom",
        _item.c.sent_at >= since - SKEW,
    )
    found: dict[int, Any] = {}
    for conversation, at, cost in connection.execute(query):
        found.setdefault(conversation, []).append((at, cost))
    return found


def _since(sent: Sent, moment: datetime | None) -> int:
    return sum(cost for at, cost in sent if moment is not None and at >= moment - SKEW)
