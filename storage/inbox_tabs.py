"""Which conversations a tab of the list shows, in which order, and after which one to go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, literal, or_, tuple_

from storage.models.base import Moment, table_of
from storage.models.case import Handoff
from storage.models.conversation import Conversation, Message

_conversation, _message = table_of(Conversation), table_of(Message)
_handoff = table_of(Handoff)
# Whose last word is the customer's waits for us.
WAITS = case((_message.c.author == "customer", 0), else_=1)
Key = tuple[Any, ...]
_SEPARATOR = "~"


def awake(now: datetime) -> ColumnElement[bool]:
    """What is put aside until later is in no list but its own."""
    return or_(_conversation.c.snoozed_until.is_(None), _conversation.c.snoozed_until <= now)


def of_tab(query: Select[Any], tab: str, agent: str, now: datetime) -> Select[Any]:
    """Narrow the list to a tab and put it in the tab's order."""
    columns, backwards = _ORDERS.get(tab, _NEWEST)
    ordered = query.order_by(*((one.desc() if backwards else one) for one in columns))
    if tab == "mine":
        mine = and_(_conversation.c.owner == "agent", _conversation.c.agent == agent, awake(now))
        return ordered.where(mine)
    if tab == "queue":
        return ordered.where(_conversation.c.owner == "queue", awake(now))
    if tab == "bot":
        return ordered.where(_conversation.c.owner == "bot")
    if tab == "snoozed":
        served = _conversation.c.owner.in_(("agent", "queue"))
        return ordered.where(served, _conversation.c.snoozed_until > now)
    return ordered


# Per tab: the columns of its order, and whether it runs backwards.
_NEWEST: tuple[Sequence[ColumnElement[Any]], bool] = (
    (_conversation.c.last_at, _conversation.c.id),
    True,
)
_ORDERS: Mapping[str, tuple[Sequence[ColumnElement[Any]], bool]] = {
    "mine": ((WAITS, _conversation.c.last_at, _conversation.c.id), False),
    "queue": ((_handoff.c.level, _handoff.c.opened_at, _handoff.c.id), False),
    "snoozed": ((_conversation.c.snoozed_until, _conversation.c.id), False),
}
_KEYS: Mapping[str, Sequence[str]] = {
    "mine": ("waits", "last_at", "id"),
    "queue": ("level", "asked_at", "handoff_id"),
    "snoozed": ("snoozed_until", "id"),
}
_TIMES = frozenset({"last_at", "asked_at", "snoozed_until"})
# Within these a time may be put into any time zone; and what a database takes for a number.
_YEARS = range(2000, 3000)
_LARGEST = 2**63 - 1


def after(tab: str, key: Key) -> ColumnElement[bool]:
    """Return the condition for what comes after a row in the order of its tab."""
    columns, backwards = _ORDERS.get(tab, _NEWEST)
    here = [literal(one, Moment()) if isinstance(one, datetime) else literal(one) for one in key]
    return tuple_(*columns) < tuple_(*here) if backwards else tuple_(*columns) > tuple_(*here)


def key_of(tab: str, row: Mapping[str, Any]) -> str:
    """Return the place of a row in the order of its tab, as a page keeps it."""
    return _SEPARATOR.join(
        row[name].isoformat() if name in _TIMES and row[name] else str(row[name] or 0)
        for name in _KEYS.get(tab, ("last_at", "id"))
    )


def read_key(tab: str, text: str) -> Key | None:
    """Return what :func:`key_of` wrote; None for what it never wrote: then from the top."""
    names = _KEYS.get(tab, ("last_at", "id"))
    parts = text.split(_SEPARATOR)
    if len(parts) != len(names):
        return None
    try:
        return tuple(map(_value, names, parts))
    except ValueError:
        return None


def _value(name: str, text: str) -> Any:
    """Return one part of a key; raise ValueError for what no row could have."""
    if name in _TIMES:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or moment.year not in _YEARS:
            raise ValueError(text)
        return moment
    if name == "level":
        if not text.isalnum():
            raise ValueError(text)
        return text[:16]
    number = int(text)
    if not 0 <= number <= _LARGEST:
        raise ValueError(text)
    return number
