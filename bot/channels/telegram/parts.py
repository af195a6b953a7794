"""The Telegram channel of one process, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from telegram import Bot

from bot.channels.base import Inbox
from bot.channels.media import MediaDelivery
from bot.channels.telegram.api import account_of, make_bot, uses_proxy
from bot.channels.telegram.app import TelegramWebhook
from bot.channels.telegram.commands import menu
from bot.channels.telegram.desk.parts import DeskNeeds, DeskParts
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.media import TelegramMedia
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.sender import TelegramSender
from bot.channels.telegram.service import TelegramService
from bot.channels.telegram.text import cut
from bot.dialogue.message import Reply
from bot.media import MediaStore
from bot.outbox import Deliver
from bot.settings import Settings, Telegram
from storage.transactions import Transactions

Cut = Callable[[Sequence[Reply]], tuple[Sequence[Reply], Sequence[Reply]]]
PATH = "/telegram/webhook"
# What Telegram lets a bot download.
_MAX_DOWNLOAD = 20_000_000


def cuts(settings: Settings) -> Mapping[str, Cut]:
    """Return how this channel divides a turn; nothing while it is off."""
    return {"telegram": cut} if settings.telegram else {}


@dataclass
class TelegramParts:
    """All parts of the channel, each made when first needed."""

    settings: Telegram
    public_url: str
    inbox: Inbox
    transactions: Transactions
    media: MediaStore
    now: Callable[[], datetime]
    needs: DeskNeeds | None = None

    @cached_property
    def bot(self) -> Bot:
        """Return the API client."""
        return make_bot(self.settings)

    @cached_property
    def intake(self) -> Intake:
        """Return what takes updates."""
        account = account_of(self.settings)
        made = Intake(self.bot, account, self.inbox, self.transactions, self.now)
        if self.desk:
            made.group = self.desk.intake(made.later).take
        return made

    @cached_property
    def desk(self) -> DeskParts | None:
        """Return the staff group's desk, None while there is none."""
        if self.settings.desk is None or self.needs is None:
            return None
        return DeskParts(
            self.settings.desk,
            self.bot,
            account_of(self.settings),
            self.transactions,
            self.media.folder,
            self.now,
            self.needs,
        )

    @cached_property
    def sender(self) -> TelegramSender:
        """Return what delivers messages."""
        limits = self.settings
        pace = Pace(limits.messages_per_second, limits.chat_messages_per_second)
        return TelegramSender(self.bot, account_of(limits), pace, self.transactions)

    def routes(self) -> dict[tuple[str, str], Deliver]:
        """Return what delivers which outbox items."""
        limit = min(self.media.max_bytes, _MAX_DOWNLOAD)
        fetcher = TelegramMedia(self.bot, limit, uses_proxy(self.settings))
        return {
            **(self.desk.routes() if self.desk else {}),
            ("*", "telegram"): self.sender,
            ("recall", "telegram"): self.sender.recall,
            ("media", "telegram"): MediaDelivery(fetcher, self.media, self.transactions),
        }

    def webhook(self) -> TelegramWebhook:
        """Return the application behind the webhook."""
        return TelegramWebhook(self._secret, self.intake)

    @property
    def _secret(self) -> str:
        return self.settings.webhook_secret.get_secret_value()

    @property
    def address(self) -> str:
        """Return the webhook's public address; '' when Telegram could not reach or prove it."""
        public = urlsplit(self.public_url).scheme == "https" and self._secret
        return self.public_url.rstrip("/") + PATH if public else ""

    @cached_property
    def _service(self) -> TelegramService:
        group = self.desk.register if self.desk else None
        return TelegramService(self.bot, self.intake, self.address, self._secret, group)

    async def run(self) -> None:
        """Register, and poll where there is no webhook, until cancelled."""
        await self._service.run()

    async def stop(self) -> None:
        """Finish what is under way and close the connections."""
        await self._service.stop()


def of(
    settings: Settings,
    inbox: Inbox,
    transactions: Transactions,
    media: MediaStore,
    now: Callable[[], datetime],
    needs: DeskNeeds | None = None,
) -> TelegramParts | None:
    """Return the channel, None when it is off; a mistake in the menu stops the start."""
    if settings.telegram is None:
        return None
    menu()
    address = settings.public_url
    return TelegramParts(settings.telegram, address, inbox, transactions, media, now, needs)
