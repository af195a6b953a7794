"""Keeps below Telegram's limits: so many messages a second, fewer to one chat, and rests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.errors import RetryLater

_BURST = 3  # messages that one chat may get at once
_MOST_CHATS = 10_000


class Pace:
    """Lets callers through one by one; for one event loop."""

    def __init__(
        self,
        per_second: float,
        chat_per_second: float,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gap, self._chat_gap = 1 / per_second, 1 / chat_per_second
        self._now, self._sleep = now, sleep
        self._all = 0.0
        self._chats: dict[str, float] = {}
        self._rest_until = 0.0

    async def turn(self, chat: str) -> None:
        """Wait for a turn; raise RetryLater while Telegram has told us to rest."""
        now = self._now()
        if self._rest_until > now:
            raise RetryLater("429 限流，稍后再发", timedelta(seconds=self._rest_until - now))
        # Each value is when the next message would be due if all came evenly.
        self._all = max(self._all, now - 1.0) + self._gap
        mine = self._chats[chat] = max(self._chats.get(chat, 0.0), now - _BURST * self._chat_gap)
        self._chats[chat] += self._chat_gap
        if len(self._chats) > _MOST_CHATS:
            self._chats = {c: due for c, due in self._chats.items() if due > now}
        if (wait := max(self._all - now, mine + self._chat_gap - now)) > 0:
            await self._sleep(wait)

    def rest(self, after: timedelta) -> None:
        """Send nothing for a while."""
        self._rest_until = max(self._rest_until, self._now() + after.total_seconds())
