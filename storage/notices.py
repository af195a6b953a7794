"""Tell a customer what became of their matter, where they can read it, at a polite time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select

from bot.dialogue.message import Card, Reply
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.unit_of_work import UnitOfWork

# domain.md 9.6: nobody is disturbed from 21:00 to 08:00; what waited comes at five past.
_QUIET_FROM, _QUIET_UNTIL = time(21), time(8)
_AFTER_QUIET = time(8, 5)
KIND = "notice"
_conversation = table_of(Conversation)


def polite(now: datetime) -> datetime:
    """Return when a notice may leave."""
    clock = now.timetz().replace(tzinfo=None)
    if _QUIET_UNTIL <= clock < _QUIET_FROM:
        return now
    day = now.date() + timedelta(days=clock >= _QUIET_FROM)
    return datetime.combine(day, _AFTER_QUIET, now.tzinfo)


def tell(
    uow: UnitOfWork,
    key: str,
    text: str,
    now: datetime,
    conversation_id: int | None,
    cards: Sequence[Card] = (),
) -> bool:
    """Write to a conversation; the message stands in its history, so that every channel shows it.

    Never call it in the customer's own turn: the engine numbers the messages of that turn.
    """
    query = select(_conversation).where(_conversation.c.id == conversation_id).with_for_update()
    row = uow.connection.execute(query).mappings().first()
    if row is None or not row["subscribed"]:
        return False
    body = Reply(text, cards=tuple(cards)).to_json()
    new = uow.outbox.queue(
        dedupe_key=f"{KIND}:{key}",
        kind=KIND,
        channel=row["channel"],
        account=row["account"],
        peer=row["peer"],
        body=body,
        due_at=polite(now),
        now=now,
        conversation_id=row["id"],
    )
    if new:
        said = {"author": "bot", "sent_by": "outbox", "body": body}
        uow.conversations.record(OpenConversation.of({**row, "repeat_of": None}), [said], now)
    return True


def text_message(
    uow: UnitOfWork, cipher: Cipher, key: str, text: str, phone: str, now: datetime
) -> None:
    """Send a short message to a number that we know of the customer."""
    uow.outbox.queue(
        dedupe_key=f"{KIND}:{key}:sms",
        kind=KIND,
        channel="sms",
        account="sms",
        peer=cipher.blind(phone),
        body={"to": phone, "text": text},
        due_at=polite(now),
        now=now,
    )
