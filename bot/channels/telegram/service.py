"""What runs beside the requests: telling Telegram where we are, or asking it for updates."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from telegram import Bot, BotCommand

from bot.channels.telegram.api import POLL_S, call, close
from bot.channels.telegram.commands import menu
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.updates import WANTED, update_id
from bot.errors import DeliveryError, RetryLater

log = structlog.get_logger(__name__)
_CONNECTIONS = 40
_PAUSE = timedelta(seconds=3)
_LONGEST = timedelta(minutes=5)
_TRIES = 3


@dataclass
class TelegramService:
    """Runs until cancelled; ``address`` is the public webhook, '' for polling."""

    bot: Bot
    intake: Intake
    address: str
    secret: str
    # What the staff group needs; what is wrong there must not keep customers out.
    group: Callable[[], Awaitable[None]] | None = None
    # After trouble that nobody thought of.
    pause: timedelta = _PAUSE

    async def run(self) -> None:
        """Register, then poll where there is no webhook; errors are waited out."""
        await self._persist(self._register)
        offset = 0
        while not self.address:
            try:
                offset = await self._poll(offset)
            except DeliveryError as error:
                log.warning("telegram.poll_failed", reason=str(error))
                await asyncio.sleep(_pause(error).total_seconds())
            except Exception:
                # A task that ends here would leave all customers unheard until the next start.
                log.exception("telegram.trouble", doing="poll")
                await asyncio.sleep(self.pause.total_seconds())

    async def stop(self) -> None:
        """Finish the calls beside and close the connections."""
        await self.intake.settle()
        await close(self.bot)

    async def _persist(self, work: Callable[[], Awaitable[None]]) -> None:
        registered = False
        while not registered:
            try:
                await work()
                registered = True
            except DeliveryError as error:
                log.error("telegram.not_registered", reason=str(error))
                await asyncio.sleep(max(_pause(error), _PAUSE * 5).total_seconds())
            except Exception:
                log.exception("telegram.trouble", doing="register")
                await asyncio.sleep(self.pause.total_seconds())

    async def _register(self) -> None:
        if self.address:
            await call(
                self.bot.set_webhook(
                    self.address,
                    secret_token=self.secret,
                    allowed_updates=WANTED,
                    max_connections=_CONNECTIONS,
                )
            )
        else:
            # Telegram refuses polling while a webhook is set.
            await call(self.bot.delete_webhook())
        await call(self.bot.set_my_commands([BotCommand(c.name, c.shows) for c in menu()]))
        if self.group:
            await self._group(self.group)
        log.info("telegram.registered", way="webhook" if self.address else "polling")

    async def _group(self, prepare: Callable[[], Awaitable[None]]) -> None:
        try:
            await prepare()
        except Exception:
            log.exception("telegram.trouble", doing="group")

    async def _poll(self, offset: int) -> int:
        """Take one batch; asking for the next number tells Telegram that these are ours."""
        found = await call(self._updates(offset))
        for raw in found:
            await self._take(raw)
            offset = update_id(raw) + 1
        return offset

    async def _updates(self, offset: int) -> Sequence[Mapping[str, Any]]:
        # The raw shape: what the library cannot parse must not stop what comes after it.
        answer: Any = await self.bot._post(
            "getUpdates",
            {"offset": offset, "timeout": POLL_S, "allowed_updates": list(WANTED)},
        )
        return [raw for raw in answer if isinstance(raw, dict) and "update_id" in raw]

    async def _take(self, raw: Mapping[str, Any]) -> None:
        """Store an update; one that fails again and again must not hold up all others."""
        for attempt in range(1, _TRIES + 1):
            try:
                await self.intake.take(raw)
            except Exception:
                log.exception("telegram.failed", update=raw.get("update_id"), attempt=attempt)
                await asyncio.sleep(attempt)
            else:
                return


def _pause(error: DeliveryError) -> timedelta:
    return min(error.after, _LONGEST) if isinstance(error, RetryLater) else _PAUSE
