"""Sends touches: takes due ones, lets them be judged, hands them over, writes down how it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable
from bot.metrics import METRICS
from storage.outbound.core_policies import Whom
from storage.outbound.letters import LEASE_SECONDS, Begun, Configured, Letter, Settled
from storage.outbound.pace import rest
from storage.outbound.touches import Touches
from storage.rules.outbound import Rules
from storage.transactions import Transactions, Work
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
# So many are taken at a time, and so many of them are on their way at once: a worker that is
# killed leaves no more than those without an outcome.
TAKEN = 100
FLYING = 20
# While customers write: so few at a time, as each batch holds up whoever writes meanwhile; and
# ends are gathered for so long, as each commit does.
FEW = 2
GATHERED_S = 0.1
_SWEEP = timedelta(seconds=5)
log = structlog.get_logger()


class Post(Protocol):
    """Hands a letter over by one way; raises a DeliveryError."""

    async def __call__(self, letter: Letter) -> str:
        """Deliver and return the platform's id or ''."""
        ...


class LookUp(Protocol):
    """Asks the core system about customers, under all their references, and keeps the answers."""

    async def __call__(self, customers: Sequence[Whom]) -> None:
        """Ask; who gets no answer stays unknown, and nothing is raised."""
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
    look_up: LookUp | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _swept: datetime | None = field(default=None)
    _ended: list[Settled] = field(default_factory=list)
    _settling: asyncio.Task[None] | None = field(default=None)
    _spent: float = 0.0

    async def run_once(self) -> int:
        """Take some touches and send what may leave; return how many were looked at."""
        now = self.clock()
        if self._swept is None or abs(now - self._swept) > _SWEEP:
            self._swept = now
            await self._do(lambda uow: self._touches(uow).sweep())
        taken = await self._do(lambda uow: self._touches(uow).take(self.name, LEASE_SECONDS, TAKEN))
        await self._fly(taken)
        return len(taken)

    def _touches(self, uow: UnitOfWork) -> Touches:
        return Touches(uow, self.rules, self.configured, self.clock())

    async def _fly(self, waiting: list[int]) -> None:
        """Keep some letters on their way until all are; one that is slow holds up no other."""
        flying: set[asyncio.Task[None]] = set()
        try:
            while waiting or flying:
                room = FLYING - len(flying)
                if waiting and room >= FLYING // 2:
                    some = min(room, FEW) if self._rest() else room
                    begun = await self._begin(waiting[:some])
                    waiting = waiting[some:]
                    flying |= {asyncio.create_task(self._send(one)) for one in begun.letters}
                elif flying:
                    flying = await self._landed(flying)
        finally:
            await asyncio.gather(*flying, return_exceptions=True)

    async def _begin(self, items: list[int]) -> Begun:
        """Put on its way what may leave; whatever does not is settled with its reason."""
        if self.look_up and (ask := await self._do(lambda uow: self._touches(uow).to_ask(items))):
            # Outside any transaction: whoever does not answer holds up nobody's words.
            await self.look_up(ask)
        await self.sleep(self._rest())
        self._spent = 0.0
        begun = await self._do(lambda uow: self._touches(uow).begin(items, self.name))
        for kind in begun.not_sent:
            METRICS.touch(kind, "", "suppressed")
        return begun

    async def _landed(self, flying: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        done, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        return flying

    async def _send(self, letter: Letter) -> None:
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
            await self._do(lambda uow: self._retry(uow, letter, error))
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

    def _retry(self, uow: UnitOfWork, letter: Letter, error: RetryLater) -> None:
        self._touches(uow).retry(letter.id, error.after, str(error), called=error.called)

    def _close(self, uow: UnitOfWork, letter: Letter, reason: str) -> None:
        self._touches(uow).close_way(letter.id, letter.way, reason)
        if reason.startswith(_GONE):
            self.gone(uow, letter)

    async def _settle(self, letter: Letter, status: str, reason: str, provider: str = "") -> None:
        """Write the end down together with those that ended meanwhile."""
        self._ended.append(Settled(letter.id, status, reason, provider))
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._write_ends())
        # One that a cancelled sender waited for is still written for the others.
        await asyncio.shield(self._settling)
        METRICS.touch(letter.kind, letter.way, status)

    async def _write_ends(self) -> None:
        while self._ended:
            if self._rest():
                await self.sleep(GATHERED_S)
            ends, self._ended = self._ended, []
            await self._do(partial(self._settle_all, ends))

    def _settle_all(self, ends: Sequence[Settled], uow: UnitOfWork) -> None:
        self._touches(uow).settle_all(ends)

    def _rest(self) -> float:
        """Return for how long customers have the way to themselves."""
        return rest(self.rules.beside_customers, self.transactions.heard, self._spent)

    async def _do(self, work: Work[T]) -> T:
        began = time.perf_counter()
        try:
            return await asyncio.wrap_future(self.transactions.submit(work))
        finally:
            self._spent += time.perf_counter() - began


# The platform says that this person does not follow, has blocked or does not exist.
_GONE = ("43004", "43019", "40003")
