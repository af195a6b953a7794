"""Look through what people said to customers for promises that must not be made (S53)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from storage.kpi.definition import EVENT
from storage.ledger import Happening
from storage.models.base import table_of
from storage.models.conversation import Conversation, Message
from storage.rules.supervision import promised
from storage.unit_of_work import UnitOfWork

_message, _conversation = table_of(Message), table_of(Conversation)
_AT_ONCE = 5_000


def run(uow: UnitOfWork, since: datetime) -> int:
    """Flag every promise said since a time; running again flags nothing twice."""
    query = (
        select(
            _message.c.id, _message.c.conversation_id, _message.c.seq, _message.c.body,
            _message.c.at, _conversation.c.channel,
        )
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(_message.c.author == "agent", _message.c.at >= since)
        .order_by(_message.c.id)
        .limit(_AT_ONCE)
    )  # fmt: skip
    flagged = 0
    for row in uow.connection.execute(query).all():
        for promise, _words in promised(str(row.body.get("text") or "")):
            flagged += 1
            agent = _agent(uow, row.conversation_id, row.at)
            key = f"promise:{row.id}:{promise.code}"
            uow.ledger.add(
                Happening(
                    "promise.flagged", row.at, row.conversation_id, None, agent, "", row.channel,
                    promise.code, "", None, 0, {"message": row.seq}, key,
                )
            )  # fmt: skip
    return flagged


def _agent(uow: UnitOfWork, conversation: int, at: datetime) -> str:
    """Return who had the conversation then."""
    query = (
        select(EVENT.c.actor)
        .where(
            EVENT.c.conversation_id == conversation,
            EVENT.c.kind == "handoff.taken",
            EVENT.c.at <= at,
        )
        .order_by(EVENT.c.at.desc())
        .limit(1)
    )
    return uow.connection.execute(query).scalar() or ""
