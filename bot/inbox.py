"""The asynchronous face of the engine: order per customer, deadlines, and nothing lost.

Messages of one customer are worked out in the order they came. A message that cannot be
answered within its deadline is written to a spool file before it is acknowledged; the file
goes when the turn is committed, and is worked off again after a crash.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError

from bot.dialogue.message import InboundMessage
from bot.engine import Engine
from bot.errors import Overloaded
from bot.result import Claim, Result
from bot.spool import Spool
from bot.waiting import Waiting
from storage.transactions import Transactions

log = structlog.get_logger()
_RETRIES = 2
_PAUSE_S, _PATIENCE_S = 0.25, 30.0


@dataclass
class EngineInbox:
    """Hands messages to the engine, each in its own transaction."""

    engine: Engine
    transactions: Transactions
    clock: Callable[[], datetime]
    spool: Spool
    told: Callable[[InboundMessage, Result], None] = lambda message, result: None
    _lines: dict[tuple[str, str, str], _Line] = field(default_factory=dict)
    _pending: set[asyncio.Task[Any]] = field(default_factory=set)
    # Spooled messages whose turns are under way: nobody else may take them up.
    _in_hand: set[str] = field(default_factory=set)

    @cached_property
    def _waiting(self) -> Waiting:
        return Waiting(self.transactions)

    async def result(self, message: InboundMessage, within: float | None = None) -> Result | None:
        """Answer a message exactly once; None when it will be answered through the outbox."""
        claim = Claim()
        task = asyncio.create_task(self._in_line(message, claim))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        done, _ = await asyncio.wait({task}, timeout=within)
        if done and not (within is not None and _refused(task)):
            return task.result()
        ticket = await asyncio.to_thread(self.spool.write, message)
        self._in_hand.add(ticket)
        if claim.take("outbox"):
            task.add_done_callback(partial(self._settled, ticket))
            return None
        # The turn is being committed as an answer to this very request: wait for it.
        try:
            return await task
        finally:
            self._in_hand.discard(ticket)
            await asyncio.to_thread(self.spool.remove, ticket)

    def _settled(self, ticket: str, task: asyncio.Task[Result]) -> None:
        self._in_hand.discard(ticket)
        if not task.cancelled() and task.exception() is None:
            self.spool.remove(ticket)

    async def afterwards(self, message: InboundMessage) -> Result:
        """Work out a message that nobody waits for; its replies go through the outbox."""
        return await self._in_line(message, Claim(late=True))

    async def take_up_spool(self) -> set[asyncio.Task[None]]:
        """Put what was acknowledged before a crash in line, ahead of what comes from now on."""
        waiting = await asyncio.to_thread(self.spool.read_all)
        tasks = {
            asyncio.create_task(self._work_off(ticket, message))
            for ticket, message in waiting
            if ticket not in self._in_hand
        }
        self._in_hand.update(ticket for ticket, _ in waiting)
        self._pending |= tasks
        for task in tasks:
            task.add_done_callback(self._pending.discard)
        # One step, and each of them has its place.
        await asyncio.sleep(0)
        return tasks

    async def work_off_spool(self) -> int:
        """Answer what waits in the spool; return how many messages there were."""
        tasks = await self.take_up_spool()
        await asyncio.gather(*tasks)
        return len(tasks)

    async def _work_off(self, ticket: str, message: InboundMessage) -> None:
        try:
            await self._in_line(message, Claim(late=True))
            await asyncio.to_thread(self.spool.remove, ticket)
        except Exception:
            # It stays in the spool and is taken up again.
            log.exception("spool.trouble", ticket=ticket)
        finally:
            self._in_hand.discard(ticket)

    async def drain(self) -> None:
        """Wait for the turns that are under way."""
        if self._pending:
            await asyncio.wait(set(self._pending))

    async def _in_line(self, message: InboundMessage, claim: Claim) -> Result:
        """Work it out when the earlier messages of this customer are: first come, first served."""
        key = (message.channel, message.account, message.peer)
        line = self._lines.setdefault(key, _Line())
        line.waiting += 1
        try:
            async with line.lock:
                result = await self._attempt(message, claim)
        finally:
            line.waiting -= 1
            if not line.waiting:
                self._lines.pop(key, None)
        self.told(message, result)
        return result

    async def _attempt(self, message: InboundMessage, claim: Claim) -> Result:
        reference, failures, waited = "", 0, 0.0
        while True:
            try:
                return await self._submit(message, claim, reference)
            except Overloaded:
                raise
            except OperationalError:
                # The database is locked or away; the turn itself is not at fault.
                if waited >= _PATIENCE_S:
                    raise
                waited += _PAUSE_S
                await asyncio.sleep(_PAUSE_S)
            except Exception:
                # The border: whatever went wrong, the customer gets a sentence and staff a note.
                reference = reference or f"E{secrets.token_hex(4)}"
                log.exception("turn.failed", reference=reference, failures=failures)
                failures += 1
                if failures > _RETRIES:
                    raise

    async def _submit(self, message: InboundMessage, claim: Claim, reference: str) -> Result:
        now = self.clock()
        if reference:
            return await self._waiting.perform(
                lambda uow: self.engine.apologise(uow, message, now, claim, reference)
            )
        return await self._waiting.perform(
            lambda uow: self.engine.turn(uow, message, now, claim), self.engine.thoughts(message)
        )


def _refused(task: asyncio.Task[Result]) -> bool:
    """Too much was waiting: the message is spooled before it is acknowledged."""
    return isinstance(task.exception(), Overloaded)


@dataclass
class _Line:
    """The messages of one customer that wait for their turn."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
