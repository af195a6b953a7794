"""From an update to a committed turn: the way that webhook and polling share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
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

log = structlog.get_logger(__name__)
_TYPING_AFTER_S = 0.7
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
        done, _ = await asyncio.wait({turn}, timeout=_TYPING_AFTER_S)
        if not done:
            self.later(self.bot.send_chat_action(message.peer, ChatAction.TYPING))
        await turn

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

        task = asyncio.create_task(made())
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def settle(self) -> None:
        """Wait for the calls beside."""
        if self._beside:
            await asyncio.wait(set(self._beside))
