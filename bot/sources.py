"""Where a customer came from: the code or link by which they found us, as an event tells it."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.message import InboundMessage
from storage.conversations import OpenConversation
from storage.unit_of_work import UnitOfWork

_ARRIVALS = ("subscribe", "scan")


def note_arrival(
    uow: UnitOfWork, conversation: OpenConversation, message: InboundMessage, now: datetime
) -> None:
    """Record by which scene the customer came; who writes to us can be reached again."""
    if message.kind != "event":
        if not conversation.subscribed:
            uow.conversations.set_subscribed(conversation, subscribed=True)
    elif message.event in _ARRIVALS and message.text:
        uow.sources.arrived(conversation.id, message.text, message.event, now)
