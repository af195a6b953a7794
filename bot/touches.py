"""Sends touches: takes due ones, lets them be judged, hands them over, writes down how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable
from bot.metrics import METRICS
from storage.outbound.letters import Configured, Letter
from storage.outbound.touches import LEASE_SECONDS, Touches
from storage.rules.outbound import Rules
from storage.transactions import Transactions, Work
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
BATCH = 20
_SWEEP = timedelta(seconds=5)
log = structlog.get_logger()


class Post(Protocol):
    """Hands a letter over by one way; raises a DeliveryError."""

    async def __call__(self, letter: Letter) -> str:
        """Deliver and return the platform's id or ''."""
        ...


@dataclass
class TouchWorker:
    """Works off the touches; any number of them may run at once.

    ``posts`` maps (way, channel) to what delivers; "*" stands for any channel.
    """

    transactions: Transactions
    rules: Rules
    configured: Configured
    posts: Mapping[tuple[str, str], Post]
    clock: Callable[[], datetime]
    name: str
    gone: Callable[[UnitOfWork, Letter], None] = lambda uow, letter: None
    _swept: datetime | None = field(default=None)

    async def run_once(self) -> int:
        """Take one batch and send what may leave; return how many were looked at."""
        now = self.clock()
        if self._swept is None or abs(now - self._swept) > _SWEEP:
            self._swept = now
            await self._do(lambda uow: self._touches(uow).sweep())
        taken, leaving = await self._do(self._take)
        await asyncio.gather(*map(self._send, leaving))
        return taken

    def _touches(self, uow: UnitOfWork) -> Touches:
        return Touches(uow, self.rules, self.configured, self.clock())

    def _take(self, uow: UnitOfWork) -> tuple[int, list[int]]:
        """Lease a batch; whatever does not leave now is settled with its reason right here."""
        touches = self._touches(uow)
        ids = touches.take(self.name, LEASE_SECONDS, BATCH)
        judged = touches.judged(ids, self.name)
        for row, _, verdict in judged:
            if verdict.outcome == "not_sent":
                METRICS.touch(row["kind"], "", "suppressed")
        leaving = [row["id"] for row, _, verdict in judged if verdict.outcome == "send"]
        return len(ids), leaving

    async def _send(self, item: int) -> None:
        letter = await self._do(lambda uow: self._touches(uow).begin(item, self.name))
        if letter is None:
            return
        post = self.posts.get((letter.way, letter.channel)) or self.posts.get((letter.way, "*"))
        try:
            if post is None:
                raise Unreachable(f"no way {letter.way} on {letter.channel}")
            provider = await post(letter)
        except Exception as error:
            await self._failed(letter, error)
        else:
            await self._settle(letter, "sent", "", provider)

    async def _failed(self, letter: Letter, error: Exception) -> None:
        if isinstance(error, RetryLater):
            after, reason = error.after, str(error)
            await self._do(lambda uow: self._touches(uow).retry(letter.id, after, reason))
            METRICS.touch(letter.kind, letter.way, "retry")
        elif isinstance(error, DeliveryError) and not isinstance(error, OutcomeUnknown):
            reason = str(error)
            log.warning("touch.way_closed", item=letter.id, kind=letter.kind, way=letter.way)
            await self._do(lambda uow: self._close(uow, letter, reason))
            METRICS.touch(letter.kind, letter.way, "closed")
        else:
            if not isinstance(error, OutcomeUnknown):
                log.error("touch.delivery_broke", item=letter.id, kind=letter.kind, exc_info=error)
            await self._settle(letter, "unknown", str(error)[:200] or type(error).__name__)

    def _close(self, uow: UnitOfWork, letter: Letter, reason: str) -> None:
        self._touches(uow).close_way(letter.id, letter.way, reason)
        if reason.startswith(_GONE):
            self.gone(uow, letter)

    async def _settle(self, letter: Letter, status: str, reason: str, provider: str = "") -> None:
        await self._do(lambda uow: self._touches(uow).settle(letter.id, status, reason, provider))
        METRICS.touch(letter.kind, letter.way, status)

    async def _do(self, work: Work[T]) -> T:
        return await asyncio.wrap_future(self.transactions.submit(work))


# The platform says that this person does not follow, has blocked or does not exist.
_GONE = ("43004", "43019", "40003")
