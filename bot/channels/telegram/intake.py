"""From an update to a committed turn: the way that webhook and polling share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from telegram import Bot
from telegram.constants import ChatAction

from bot.channels.base import Inbox
from bot.channels.telegram.api import call
from bot.channels.telegram.keyboard import tapped
from bot.channels.telegram.updates import Tap, read, update_id
from bot.dialogue.message import InboundMessage
from bot.errors import BadRequest, DeliveryError
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)
# Telegram shows it for five seconds; whoever waits longer sees it again.
_TYPING_AGAIN_S, _TYPING_TIMES, _TYPING_AT_ONCE = 4.5, 6, 4
_GONE = "gone"


@dataclass
class Intake:
    """Takes updates; returns when they are stored for good."""

    bot: Bot
    account: str
    inbox: Inbox
    transactions: Transactions
    now: Callable[[], datetime]
    # Takes what happens in the staff group; tells whether an update was of that group.
    group: Callable[[Any], Awaitable[bool]] | None = None
    _beside: set[asyncio.Task[Any]] = field(default_factory=set)
    _typing: set[asyncio.Task[Any]] = field(default_factory=set)

    async def take(self, raw: Any, within: float | None = None) -> None:
        """Answer an update exactly once; raise BadRequest when it is none."""
        number = update_id(raw)
        if self.group and await self.group(raw):
            return
        try:
            found = read(raw, self.account, self.now())
        except BadRequest:
            # Telegram may learn new things; refusing would make it send this one for hours.
            log.warning("telegram.unreadable", update=number)
            return
        if isinstance(found, Tap):
            self.later(self.bot.answer_callback_query(found.query))
            await self._handle(await self._resolved(found), within)
        else:
            for message in found:
                await self._handle(message, within)

    async def _handle(self, message: InboundMessage, within: float | None) -> None:
        turn = asyncio.ensure_future(self.inbox.handle(message, within))
        # Beside the turn and never before it; where many wait, the answers need the line.
        if message.kind != "event" and len(self._typing) < _TYPING_AT_ONCE:
            self._beside_all(self._show_typing(message.peer, turn), self._typing, self._beside)
        await turn

    async def _show_typing(self, peer: str, turn: asyncio.Future[Any]) -> None:
        """Let the customer see that an answer is coming, unless a person is to give it."""
        if await asyncio.to_thread(self._has_agent, peer):
            return
        for _ in range(_TYPING_TIMES):
            with suppress(DeliveryError):
                await call(self.bot.send_chat_action(peer, ChatAction.TYPING))
            done, _ = await asyncio.wait({turn}, timeout=_TYPING_AGAIN_S)
            if done:
                return

    def _has_agent(self, peer: str) -> bool:
        def owner(uow: UnitOfWork) -> str:
            found = uow.conversations.id_of("telegram", self.account, peer)
            return uow.conversations.get(found).owner if found is not None else ""

        return self.transactions.read(owner) == "agent"

    async def _resolved(self, tap: Tap) -> InboundMessage:
        """Return what the customer said by a tap; ``tap:`` tells the engine what it answers."""
        peer = tap.message.peer
        work = self.transactions.submit(lambda uow: tapped(uow, self.account, peer, tap.data))
        button = await asyncio.wrap_future(work)
        if button is None:
            return replace(tap.message, event=f"tap:{_GONE}")
        return replace(tap.message, text=button.text, event=f"tap:{button.seq}")

    def later(self, request: Awaitable[Any]) -> None:
        """Make a call that nobody waits for."""

        async def made() -> None:
            with suppress(DeliveryError):
                await call(request)

        self._beside_all(made(), self._beside)

    def _beside_all(self, work: Coroutine[Any, Any, None], *places: set[asyncio.Task[Any]]) -> None:
        """Begin what nobody waits for; it stands in these places until it is done."""
        task = asyncio.create_task(work)
        for place in places:
            place.add(task)
            task.add_done_callback(place.discard)

    async def settle(self) -> None:
        """Wait for the calls beside."""
        if self._beside:
            await asyncio.wait(set(self._beside))
