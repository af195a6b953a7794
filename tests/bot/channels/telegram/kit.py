"""A customer on Telegram: updates as the platform sends them, and one process that takes them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr
from sqlalchemy import RowMapping, select

from bot.bootstrap import App
from bot.channels.telegram.parts import TelegramParts
from bot.clock import SHANGHAI
from bot.settings import Telegram
from storage.models.base import table_of
from storage.models.outbox import OutboxItem
from tests.bot.channels.telegram.fake_api import BOT_ID, TOKEN, FakeBotApi

SECRET = "the-webhook_secret"
CHAT = 42_000_001
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
T = TypeVar("T")
Json = dict[str, Any]
_numbers = itertools.count(900_000)


def settings(url: str, **changes: Any) -> Telegram:
    """Return the channel's settings; so fast that no test waits for its turn."""
    fast = {"messages_per_second": 1000.0, "chat_messages_per_second": 1000.0}
    return Telegram(
        bot_token=SecretStr(TOKEN),
        webhook_secret=SecretStr(SECRET),
        api_base_url=url,
        **{**fast, **changes},
    )


@dataclass
class Customer:
    """What one person on Telegram sends; every call is another update."""

    chat: int = CHAT
    at: datetime = NOW
    _messages: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def update(self, **what: Any) -> Json:
        """Return an update."""
        return {"update_id": next(_numbers), **what}

    def message(self, number: int = 0, **what: Any) -> Json:
        """Return a message of the private chat."""
        person = {"id": self.chat, "is_bot": False, "first_name": "客"}
        return {
            "message_id": number or next(self._messages),
            "date": int(self.at.timestamp()),
            "chat": {"id": self.chat, "type": "private"},
            "from": person,
            **what,
        }

    def says(self, text: str, number: int = 0) -> Json:
        """Return a text message."""
        return self.update(message=self.message(number, text=text))

    def sends(self, **what: Any) -> Json:
        """Return a message of another kind."""
        return self.update(message=self.message(**what))

    def edits(self, number: int, text: str) -> Json:
        """Return the edit of message ``number``."""
        edited = self.message(number, text=text, edit_date=int(self.at.timestamp()))
        return self.update(edited_message=edited)

    def taps(self, data: str) -> Json:
        """Return a tap on a button."""
        person = {"id": self.chat, "is_bot": False, "first_name": "客"}
        query = {"id": "q1", "from": person, "chat_instance": "c", "data": data}
        return self.update(callback_query=query)


@dataclass
class Process:
    """One process of ours and the platform at its border."""

    app: App
    api: FakeBotApi

    @property
    def telegram(self) -> TelegramParts:
        """Return the channel."""
        assert self.app.telegram is not None
        return self.app.telegram

    async def post(self, update: Any, secret: str | None = SECRET) -> int:
        """Bring an update to the webhook and return the status."""
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        content = {"content": update} if isinstance(update, bytes) else {"json": update}
        transport = httpx.ASGITransport(self.telegram.webhook())
        async with httpx.AsyncClient(transport=transport, base_url="http://anda") as client:
            answer = await client.post("/telegram/webhook", headers=headers, **content)
        return answer.status_code

    async def deliver(self) -> None:
        """Work off the outbox."""
        while await self.app.dispatcher.run_once():
            pass
        await self.telegram.intake.settle()

    async def talk(self, *updates: Json) -> list[str]:
        """Bring updates one after the other and return what the chats were sent meanwhile."""
        before = len(self.api.sent)
        for update in updates:
            assert await self.post(update) == 200
            await self.deliver()
        return [text for m in self.api.sent[before:] for text in [m["text"]]]

    def items(self, kind: str = "reply") -> list[RowMapping]:
        """Return the outbox items of a kind."""
        table = table_of(OutboxItem)
        query = select(table).where(table.c.kind == kind).order_by(table.c.id)
        return self.app.transactions.read(
            lambda uow: list(uow.connection.execute(query).mappings())
        )

    def conversation(self, chat: int = CHAT) -> int:
        """Return the id of a customer's conversation, 0 when there is none."""
        found = self.app.transactions.read(
            lambda uow: uow.conversations.id_of("telegram", BOT_ID, str(chat))
        )
        return found or 0


def on_telegram(app: App, api: FakeBotApi, folder: Path, **changes: Any) -> App:
    """Switch the channel of an app on."""
    told = {"telegram": settings(api.url, **changes), "data_dir": folder}
    app.settings = app.settings.model_copy(update=told)
    return app


def run(process: Process, work: Callable[[], Awaitable[T]]) -> T:
    """Run ``work`` in a loop of its own and close what it opened."""

    async def whole() -> T:
        try:
            return await work()
        finally:
            await process.app.inbox.drain()
            await process.telegram.stop()

    return asyncio.run(whole())
