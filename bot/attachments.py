"""Photos and voice notes of customers: a row at once, and the fetching of the bytes owed."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.message import InboundMessage
from storage.conversations import OpenConversation
from storage.models.outbox import Media
from storage.unit_of_work import UnitOfWork


def keep_media(
    uow: UnitOfWork,
    conversation: OpenConversation,
    message: InboundMessage,
    now: datetime,
) -> str:
    """Record a photo or voice note, and owe the fetching of its bytes."""
    attachment = message.attachment
    if attachment is None or not attachment.ref:
        return ""
    media = Media(
        conversation_id=conversation.id,
        kind=attachment.kind,
        ref=attachment.ref[:512],
        path=attachment.ref[:255] if attachment.stored else None,
        status="stored" if attachment.stored else "due",
        at=now,
    )
    uow.cases.add_media(media)
    if not attachment.stored:
        _owe_fetch(uow, message, media, now)
    return str(media.id)


def _owe_fetch(uow: UnitOfWork, message: InboundMessage, media: Media, now: datetime) -> None:
    uow.outbox.queue(
        dedupe_key=f"media:{media.id}",
        kind="media",
        channel=message.channel,
        account=message.account,
        # One customer's replies must not wait behind a slow download.
        peer=f"media:{media.id}",
        body={"media": media.id, "kind": media.kind, "ref": media.ref},
        due_at=now,
        now=now,
        conversation_id=media.conversation_id,
    )
