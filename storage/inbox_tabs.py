"""Which conversations a tab of the list shows, in which order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_

from storage.models.base import table_of
from storage.models.case import Handoff
from storage.models.conversation import Conversation, Message

_conversation, _message = table_of(Conversation), table_of(Message)
_handoff = table_of(Handoff)


def awake(now: datetime) -> ColumnElement[bool]:
    """What is put aside until later is in no list but its own."""
    return or_(_conversation.c.snoozed_until.is_(None), _conversation.c.snoozed_until <= now)


def of_tab(query: Select[Any], tab: str, agent: str, now: datetime) -> Select[Any]:
    """Narrow and order the list for a tab."""
    asleep = _conversation.c.snoozed_until > now
    there = awake(now)
    newest = _conversation.c.last_at.desc()
    if tab == "mine":
        mine = and_(_conversation.c.owner == "agent", _conversation.c.agent == agent, there)
        # Whose last word is the customer's waits for us.
        waits = (_message.c.author == "customer").desc()
        return query.where(mine).order_by(waits, _conversation.c.last_at)
    if tab == "queue":
        return query.where(_conversation.c.owner == "queue", there).order_by(
            _handoff.c.level, _handoff.c.opened_at, _conversation.c.id
        )
    if tab == "bot":
        return query.where(_conversation.c.owner == "bot").order_by(newest)
    if tab == "snoozed":
        served = _conversation.c.owner.in_(("agent", "queue"))
        return query.where(served, asleep).order_by(_conversation.c.snoozed_until)
    return query.order_by(newest)
