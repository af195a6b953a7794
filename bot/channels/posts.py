"""Hands touches over by the rungs of the ladder that belong to no platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from bot.channels.base import Sender
from bot.settings import Settings
from bot.touches import Post
from storage.crypto import Cipher
from storage.outbound.letters import Letter
from storage.outbox import Leased
from storage.rules.outbound import Rules
from storage.tickets import TicketBook
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork


def by_sender(sender: Sender) -> Post:
    """Return a post over a channel's own sender."""

    async def post(letter: Letter) -> str:
        return await sender.send(letter.account, letter.peer, letter.body)

    return post


def by_route(deliver: Callable[[Leased], Awaitable[str]]) -> Post:
    """Return a post over what delivers a channel's replies."""

    async def post(letter: Letter) -> str:
        # Of how many times it was tried only the touch itself makes something.
        body, attempts = letter.body, 1
        return await deliver(
            Leased(
                letter.id, letter.kind, letter.channel, letter.account, letter.peer, body, attempts
            )
        )

    return post


def sms(sender: Sender) -> Post:
    """Return a post that puts the branch's signature in front."""

    async def post(letter: Letter) -> str:
        text = f"{letter.body.get('signature', '')}{letter.body['text']}"
        return await sender.send("sms", letter.peer, {**letter.body, "text": text})

    return post


def ringing(ring: Callable[[str], None]) -> Post:
    """Return a post to a page that reads the message table: ringing is all there is to do."""

    async def post(letter: Letter) -> str:
        ring(letter.peer)
        return ""

    return post


@dataclass(frozen=True)
class TaskPost:
    """Opens a ticket: a person takes care. The touch's own key keeps it from being opened twice."""

    ways: Transactions
    cipher: Cipher
    settings: Settings
    rules: Rules
    clock: Callable[[], datetime]

    async def __call__(self, letter: Letter) -> str:
        """Open it and return its number."""
        return await run_in_threadpool(self.ways.run, lambda uow: self._open(uow, letter))

    def _open(self, uow: UnitOfWork, letter: Letter) -> str:
        kind = self.rules.kinds[letter.kind]
        book = TicketBook(uow, self.cipher, self.settings, self.clock(), "system")
        values = {"words": letter.body["text"], "title": kind.title, "to": letter.peer}
        ticket = book.open_once(f"touch:{letter.key}"[:128], kind.ticket, values, letter.subject)
        return ticket.number if ticket else ""


def gone(uow: UnitOfWork, letter: Letter) -> None:
    """The platform says that nobody is there: nothing more is sent to this identity."""
    if letter.place is not None:
        opened = uow.conversations.get(letter.place.conversation_id)
        uow.conversations.set_subscribed(opened, subscribed=False)
