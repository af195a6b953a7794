"""A conversation, its people and its channel, for tests of the hand-off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.bootstrap import App
from bot.dialogue.message import InboundMessage
from bot.handoff import Desk
from bot.result import Claim
from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.outbox import OutboxItem
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork
from tests.fakes import NOON

PEER = "p1"


@dataclass
class Scene:
    """One customer on a channel with a desk behind it; time only goes when it is told to."""

    app: App
    now: datetime = NOON
    said: int = 0

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def customer(self, uow: UnitOfWork, text: str, peer: str = PEER) -> int:
        """Say something; the replies leave through the outbox. Return the conversation."""
        self.said += 1
        message = InboundMessage("webchat", "web", peer, f"m{self.said}", self.now, text)
        return self.app.engine.turn(uow, message, self.now, Claim(late=True)).conversation

    def desk(self, uow: UnitOfWork) -> Desk:
        """Return the desk at this moment."""
        return Desk(uow, self.now, self.app.engine.go_on)

    def keep(self, uow: UnitOfWork) -> None:
        """Look after the queue."""
        self.app.queue_keeper.keep(uow, self.now)


def hire(uow: UnitOfWork, name: str, now: datetime, **more: Any) -> None:
    """Put a person to work."""
    person = StaffUser(name=name, role="agent", password_hash="-", created_at=now, **more)
    uow.session.add(person)
    uow.floor.set_state(name, "online", "", now)
    uow.floor.beat(name, now)


def thread(uow: UnitOfWork, conversation: int) -> list[tuple[str, str]]:
    """Return who said what, in order."""
    rows = uow.conversations.after(conversation, 0, 500)
    return [(row["author"], row["body"].get("text", "")) for row in rows]


def owed(uow: UnitOfWork) -> list[tuple[str, str]]:
    """Return status and text of everything that was to leave, in order."""
    table = table_of(OutboxItem)
    query = select(table.c.status, table.c.body).where(table.c.kind == "reply").order_by(table.c.id)
    return [(row.status, row.body["text"]) for row in uow.connection.execute(query)]


def seqs(uow: UnitOfWork, conversation: int) -> list[int]:
    """Return the numbers of the messages, in order."""
    table = table_of(Message)
    query = select(table.c.seq).where(table.c.conversation_id == conversation)
    return list(uow.connection.execute(query.order_by(table.c.seq)).scalars())
