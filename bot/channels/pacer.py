"""Keeps to the slots that all processes share; whoever must wait goes back to the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import RetryLater
from storage import pace
from storage.transactions import Transactions

_MOST_WAITING = 10_000


@dataclass(frozen=True)
class Pacer:
    """Lets items through at so many a minute to one place, over all processes."""

    transactions: Transactions
    name: str
    per_minute: int
    now: Callable[[], datetime]
    _slots: dict[int, float] = field(default_factory=dict)

    async def turn(self, item: int) -> None:
        """Return when it is this item's turn; raise RetryLater with its own time otherwise."""
        now = self.now().timestamp()
        due = self._slots.get(item)
        if due is None:
            due = await self._reserved(now)
        if due > now:
            if len(self._slots) > _MOST_WAITING:
                self._slots.clear()
            self._slots[item] = due
            raise RetryLater("按平台的限速排队", after=timedelta(seconds=due - now))
        self._slots.pop(item, None)

    async def _reserved(self, now: float) -> float:
        work = self.transactions.submit(
            lambda uow: pace.reserve(uow.connection, self.name, self.per_minute, now)
        )
        return await asyncio.wrap_future(work)
