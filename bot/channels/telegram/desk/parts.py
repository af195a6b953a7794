"""The staff group's desk of one process, put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import structlog
from telegram import Bot, BotCommand, BotCommandScopeChat

from bot.channels.pacer import Pacer
from bot.channels.telegram.api import call
from bot.channels.telegram.desk.intake import GroupIntake
from bot.channels.telegram.desk.relay import CHANNEL, KIND, FactsOf, Relay
from bot.channels.telegram.desk.sender import DeskSender
from bot.clockwork.desk_hours import DeskHours
from bot.errors import DeliveryError
from bot.handoff import GoOn
from bot.outbox import Deliver
from bot.settings import TelegramDesk
from storage.transactions import Transactions

log = structlog.get_logger(__name__)
_COMMANDS: Final = (
    ("take", "接管"),
    ("close", "结束服务（后面可写原因）"),
    ("return", "交还机器人"),
    ("release", "放回排队"),
    ("transfer", "转接：后面写同事名或组名"),
    ("note", "备注：只给同事看"),
    ("on", "在岗"),
    ("off", "离开"),
    ("help", "怎么用"),
)


@dataclass(frozen=True)
class DeskNeeds:
    """What the desk asks of the rest of the product."""

    public_url: str
    go_on: GoOn
    hours: DeskHours
    ring: Callable[[], None]
    facts: FactsOf


@dataclass
class DeskParts:
    """All parts of the desk, each made when first needed."""

    settings: TelegramDesk
    bot: Bot
    account: str
    transactions: Transactions
    media: Path
    now: Callable[[], datetime]
    needs: DeskNeeds

    @cached_property
    def relay(self) -> Relay:
        """Return what brings news into the topics."""
        return Relay(self.settings, self.account, self.needs.public_url, self.needs.facts)

    def intake(self, later: Callable[[Awaitable[Any]], None]) -> GroupIntake:
        """Return what takes the group's updates."""
        return GroupIntake(
            self.bot,
            self.settings.chat,
            self.account,
            self.transactions,
            self.now,
            self.needs.go_on,
            self.needs.hours,
            later,
            self.needs.ring,
            timedelta(minutes=self.settings.present_minutes),
        )

    def routes(self) -> dict[tuple[str, str], Deliver]:
        """Return what delivers posts."""
        name = f"{CHANNEL}:{self.settings.chat}"
        pacer = Pacer(self.transactions, name, self.settings.per_minute, self.now)
        sender = DeskSender(self.bot, self.settings.chat, pacer, self.transactions, self.media)
        return {(KIND, CHANNEL): sender}

    async def register(self) -> None:
        """Publish the group's commands and say in the log what the group still lacks."""
        scope = BotCommandScopeChat(self.settings.chat)
        commands = [BotCommand(name, shown) for name, shown in _COMMANDS]
        try:
            await call(self.bot.set_my_commands(commands, scope=scope))
            lacks = await self._lacks()
        except DeliveryError as error:
            lacks = str(error)
        if lacks:
            log.error("telegram.desk_not_ready", why=lacks)

    async def _lacks(self) -> str:
        # The raw shape: the library breaks on an answer that is newer or older than itself.
        group = {"chat_id": self.settings.chat}
        chat = await self._asked("getChat", group)
        if not chat.get("is_forum"):
            return "群没有打开“话题”"
        member = await self._asked("getChatMember", group | {"user_id": int(self.account)})
        runs = member.get("status") == "administrator" and member.get("can_manage_topics")
        if runs or member.get("status") == "creator":
            return ""
        return "机器人不是管理员，或没有“管理话题”的权限"

    async def _asked(self, method: str, about: dict[str, int]) -> dict[str, Any]:
        answer: Any = await call(self.bot._post(method, dict(about)))
        return answer if isinstance(answer, dict) else {}
