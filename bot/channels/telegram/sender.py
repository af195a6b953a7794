"""Hands outbox messages to Telegram, and remembers who has blocked the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Bot
from telegram.constants import ParseMode

from bot.channels.telegram.api import Blocked, Unparsed, call
from bot.channels.telegram.keyboard import Markup, markup
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.text import parts
from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable
from storage.outbox import Leased
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

_GONE = "客户停用了机器人"


@dataclass(frozen=True)
class TelegramSender:
    """Delivers outbox items of the channel ``telegram``."""

    bot: Bot
    account: str
    pace: Pace
    transactions: Transactions

    async def __call__(self, item: Leased) -> str:
        """Send the message in as many parts as it takes; return the id of the last one."""
        if item.account != self.account:
            raise DeliveryError(f"没有这个机器人：{item.account}")
        texts = parts(item.body)
        if item.body.get("type", "text") != "text" or not texts:
            raise DeliveryError("没有可发的文字")
        below = markup(item.id, item.body.get("buttons", ()), str(item.body.get("wants") or ""))
        try:
            return await self._send_all(item.peer, texts, below)
        except Blocked:
            await asyncio.wrap_future(self.transactions.submit(lambda uow: self._gone(uow, item)))
            raise

    async def recall(self, item: Leased) -> str:
        """Delete a message in the customer's chat; Telegram lets a bot do so for 48 hours."""
        if item.account != self.account:
            raise DeliveryError(f"没有这个机器人：{item.account}")
        await self.pace.turn(item.peer)
        await call(self.bot.delete_message(item.peer, int(item.body["message"])))
        return ""

    async def _send_all(self, peer: str, texts: Sequence[str], below: Markup | None) -> str:
        sent = ""
        for number, text in enumerate(texts, start=1):
            try:
                sent = await self.say(peer, text, below if number == len(texts) else None)
            except Unreachable:
                raise
            except DeliveryError as error:
                if number == 1:
                    raise
                broken = OutcomeUnknown(f"第 {number} 段（共 {len(texts)} 段）没有发成：{error}")
                # The parts before have arrived: sending the whole again would repeat them.
                raise broken from None
        return sent

    async def say(self, peer: str, text: str, below: Markup | None = None) -> str:
        """Send one message at the pace that Telegram allows."""
        await self.pace.turn(peer)
        try:
            try:
                sent = await call(
                    self.bot.send_message(peer, text, parse_mode=ParseMode.HTML, reply_markup=below)
                )
            except Unparsed:
                # Refused, so certainly not delivered: the bare text is better than nothing.
                sent = await call(self.bot.send_message(peer, text, reply_markup=below))
        except RetryLater as error:
            if str(error).startswith("429"):
                self.pace.rest(error.after)
            raise
        return str(sent.message_id)

    def _gone(self, uow: UnitOfWork, item: Leased) -> None:
        """Stop all sending to a customer who has blocked the bot."""
        found = uow.conversations.id_of("telegram", item.account, item.peer)
        if found is not None:
            uow.conversations.set_subscribed(uow.conversations.get(found), subscribed=False)
            uow.outbox.drop_for(found, _GONE)
