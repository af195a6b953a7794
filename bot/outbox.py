"""Deliver what we owe, at least once: lease, send without a transaction, settle.

A crash lets the lease run out and another worker tries again. An attempt whose outcome is
unknown is never repeated blindly: it is marked, and staff see it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable
from bot.touches import TouchWorker
from storage.after_sending import NO_ALLOWANCE
from storage.outbound.meter import climb, cost_of, reserve
from storage.outbox import Leased
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

LEASE_SECONDS = 60
BATCH = 20
MAX_ATTEMPTS = 8
_IDLE_SECONDS = 1.0
_NO_MESSAGE = ("media", "profile")
log = structlog.get_logger()


class Deliver(Protocol):
    """Delivers one kind of item on one channel; raises a DeliveryError."""

    async def __call__(self, item: Leased) -> str:
        """Deliver and return the platform's id or ''."""
        ...


@dataclass
class Dispatcher:
    """Works off the outbox; any number of them may run at once.

    ``routes`` maps (kind, channel) to what delivers such items; "*" stands for any kind.
    """

    transactions: Transactions
    routes: Mapping[tuple[str, str], Deliver]
    clock: Callable[[], datetime]
    name: str = field(default_factory=lambda: f"worker-{secrets.token_hex(4)}")
    touches: TouchWorker | None = None
    _flying: set[int] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _wake_touches: asyncio.Event = field(default_factory=asyncio.Event)
    _stopped: bool = False

    def wake(self) -> None:
        """Look at the outbox now rather than at the next poll."""
        self._wake.set()
        self._wake_touches.set()

    def stop(self) -> None:
        """End :meth:`run` after the batch that is under way."""
        self._stopped = True
        self.wake()

    async def run(self) -> None:
        """Deliver until stopped or cancelled; a broken database is waited out."""
        renewing = asyncio.create_task(self._renew())
        try:
            # Apart, so that a campaign over a slow line holds up no reply.
            await asyncio.gather(
                self._rounds(self._replies, self._wake),
                self._rounds(self._touch, self._wake_touches),
            )
        finally:
            renewing.cancel()

    async def _rounds(self, work: Callable[[], Awaitable[int]], wake: asyncio.Event) -> None:
        while not self._stopped:
            try:
                busy = await work()
            except Exception:
                log.exception("outbox.trouble")
                busy = 0
            if not busy and not self._stopped:
                await _rest(wake)

    async def _renew(self) -> None:
        """Keep the leases of what takes long: a large photo is no dead worker."""
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            with suppress(Exception):
                await self._write(self._keep)

    def _keep(self, uow: UnitOfWork) -> None:
        until = self.clock() + timedelta(seconds=LEASE_SECONDS)
        uow.outbox.renew(sorted(self._flying), self.name, until)

    async def run_once(self) -> int:
        """Deliver one batch of what is due and of touches, and return their number."""
        return sum(await asyncio.gather(self._replies(), self._touch()))

    async def run_newer(self, than: int) -> int:
        """Deliver only what came after an item: what one turn owes, and nobody else's."""
        return await self._replies(than)

    async def _replies(self, newer_than: int = 0) -> int:
        now = self.clock()
        leased = await asyncio.wrap_future(
            self.transactions.submit(
                lambda uow: uow.outbox.lease(self.name, now, LEASE_SECONDS, BATCH, newer_than)
            )
        )
        await asyncio.gather(*map(self._deliver, leased))
        return len(leased)

    async def _touch(self) -> int:
        return await self.touches.run_once() if self.touches else 0

    async def _deliver(self, item: Leased) -> None:
        self._flying.add(item.id)
        try:
            await self._attempt(item)
        finally:
            self._flying.discard(item.id)

    async def _attempt(self, item: Leased) -> None:
        room = await self._allowed(item)
        if isinstance(room, datetime):
            await self._postpone(item, room - self.clock(), "公众号的配额用完")
            return
        if not room:
            await self._unreachable(item, NO_ALLOWANCE)
            return
        try:
            provider_id = await self._route(item)(item)
        except DeliveryError as error:
            await self._refused(item, error)
        except Exception:
            log.exception("outbox.delivery_broke", item=item.id, kind=item.kind)
            await self._postpone(item, timedelta(seconds=2**item.attempts), "内部错误")
        else:
            await self._settle(item, "sent", "", provider_id)

    async def _refused(self, item: Leased, error: DeliveryError) -> None:
        if isinstance(error, RetryLater):
            await self._postpone(item, error.after, str(error))
        elif isinstance(error, Unreachable):
            await self._unreachable(item, str(error))
        elif isinstance(error, OutcomeUnknown):
            await self._settle(item, "unknown", str(error))
        else:
            await self._settle(item, "failed", str(error))

    async def _unreachable(self, item: Leased, reason: str) -> None:
        """A notice that cannot be said here goes on by its ladder; the rest ends here."""
        if not await self._climbed(item, reason):
            await self._settle(item, "undeliverable", reason)

    async def _allowed(self, item: Leased) -> bool | datetime:
        """Take what this costs off the customer's allowance; the platform counts, so do we."""
        if self.touches is None or item.channel != "wechat" or item.kind in _NO_MESSAGE:
            return True
        rules, now = self.touches.rules, self.clock()
        cost = cost_of(str(item.body.get("text") or ""))
        work = self.transactions.submit(lambda uow: reserve(uow, rules, item.id, cost, now))
        return await asyncio.wrap_future(work)

    async def _climbed(self, item: Leased, reason: str) -> bool:
        if self.touches is None:
            return False
        rules, now = self.touches.rules, self.clock()
        work = self.transactions.submit(lambda uow: climb(uow, rules, item.id, reason, now))
        return await asyncio.wrap_future(work)

    def _route(self, item: Leased) -> Deliver:
        found = self.routes.get((item.kind, item.channel)) or self.routes.get(("*", item.channel))
        if found is None:
            raise Unreachable(f"没有配置渠道 {item.channel}")
        return found

    async def _postpone(self, item: Leased, after: timedelta, reason: str) -> None:
        if item.attempts >= MAX_ATTEMPTS:
            await self._settle(item, "failed", f"重试 {item.attempts} 次仍未成功：{reason}")
            return
        due = self.clock() + after
        await self._write(lambda uow: uow.outbox.postpone(item.id, self.name, due, reason))

    async def _settle(self, item: Leased, status: str, reason: str, provider: str = "") -> None:
        if status != "sent":
            log.warning("outbox.not_sent", item=item.id, kind=item.kind, status=status)
        now = self.clock()
        await self._write(
            lambda uow: uow.outbox.settle(item.id, self.name, status, reason, provider, now=now)
        )

    async def _write(self, work: Callable[[Any], Any]) -> None:
        await asyncio.wrap_future(self.transactions.submit(work))


async def _rest(wake: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(wake.wait(), _IDLE_SECONDS)
    except TimeoutError:
        return
    wake.clear()
