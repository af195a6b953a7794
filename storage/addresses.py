"""Where a customer is reached about a case: the conversation it came from, else a short message."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from storage.crypto import Cipher
from storage.models.conversation import Conversation
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Address:
    """What the outbox needs; ``to`` is set for a short message."""

    channel: str
    account: str
    peer: str
    conversation_id: int | None = None
    to: dict[str, str] = field(default_factory=dict)

    @property
    def way(self) -> str:
        """Return the channel under which staff know it."""
        return self.channel


def address(
    uow: UnitOfWork, cipher: Cipher, conversation_id: int | None, phone: str
) -> Address | None:
    """Return where to write; None where the customer left no way."""
    if conversation_id is not None:
        conversation = uow.session.get(Conversation, conversation_id)
        if conversation is not None:
            return Address(
                conversation.channel, conversation.account, conversation.peer, conversation_id
            )
    return Address("sms", "sms", cipher.blind(phone), to={"to": phone}) if phone else None


def owe(  # noqa: PLR0913 - every part of an item is named where it is owed
    uow: UnitOfWork,
    where: Address,
    *,
    key: str,
    kind: str,
    text: str,
    now: datetime,
    due_at: datetime | None = None,
    planned: bool = False,
) -> bool:
    """Owe a text; ``planned`` ones wait for the outbound job."""
    return uow.outbox.queue(
        dedupe_key=key,
        kind=kind,
        channel=where.channel,
        account=where.account,
        peer=where.peer,
        body={"type": "text", "text": text} | where.to,
        due_at=due_at or now,
        now=now,
        conversation_id=where.conversation_id,
        status="planned" if planned else "due",
    )
