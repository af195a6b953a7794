"""Say something in a conversation of our own accord: a message, and the delivery we owe."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import RowMapping, select

from bot.dialogue.message import Reply
from storage.conversations import OpenConversation
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.unit_of_work import UnitOfWork

_conversation = table_of(Conversation)


def plan(
    uow: UnitOfWork,
    conversation_id: int,
    reply: Reply,
    cause: tuple[str, str],
    when: tuple[datetime, datetime],
) -> None:
    """Plan a touch: it is judged when it is due, and written down in the talk when it leaves."""
    query = select(_conversation).where(_conversation.c.id == conversation_id)
    row = uow.connection.execute(query).mappings().one()
    _owe(uow, row, reply, cause, when, status="planned")


def say(
    uow: UnitOfWork,
    conversation_id: int,
    reply: Reply,
    cause: tuple[str, str],
    when: tuple[datetime, datetime],
) -> None:
    """Write the message and owe it; ``cause`` is (kind, key), ``when`` (now, not before)."""
    query = select(_conversation).where(_conversation.c.id == conversation_id).with_for_update()
    row = uow.connection.execute(query).mappings().one()
    opened = OpenConversation.of({**row, "repeat_of": None})
    said = {"author": "bot", "sent_by": "outbox", "body": reply.stored()}
    # Our own words are no contact of the customer's: the session is as old as it was.
    uow.conversations.record(opened, [said], opened.last_at)
    _owe(uow, row, reply, cause, when, status="due")


def _owe(
    uow: UnitOfWork,
    row: RowMapping,
    reply: Reply,
    cause: tuple[str, str],
    when: tuple[datetime, datetime],
    *,
    status: str,
) -> None:
    kind, key = cause
    now, due_at = when
    uow.outbox.queue(
        dedupe_key=key[:128],
        kind=kind,
        channel=row["channel"],
        account=row["account"],
        peer=row["peer"],
        body=reply.to_json(),
        due_at=due_at,
        now=now,
        conversation_id=row["id"],
        status=status,
    )
