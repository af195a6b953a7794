"""Wait in an event loop for work that is committed on another thread."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from storage.transactions import Ended, Thoughts, Transactions, Work

T = TypeVar("T")


class Waiting:
    """Coroutines that wait for commits; a loop is woken once for all that one commit lets go.

    A future each, as `asyncio.wrap_future` makes them, would wake the loop once a message.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def perform(self, work: Work[T], before: Thoughts = ()) -> T:
        """Return the result of ``work`` after its commit; raise what it raised, or Overloaded."""
        end: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._transactions.post(work, self, end, before)
        return await end

    def deliver(self, ended: Sequence[Ended]) -> None:
        """Pass the ends on to the loops that wait for them."""
        by_loop: dict[asyncio.AbstractEventLoop, list[Ended]] = {}
        for end in ended:
            by_loop.setdefault(end.tag.get_loop(), []).append(end)
        for loop, ends in by_loop.items():
            try:
                loop.call_soon_threadsafe(_let_go, ends)
            except RuntimeError:
                # The loop is closed: the work is committed, and nobody waits for it any more.
                continue


def _let_go(ended: list[Ended]) -> None:
    for end in ended:
        if end.tag.done():  # its coroutine was cancelled
            continue
        if end.problem is None:
            end.tag.set_result(end.result)
        else:
            end.tag.set_exception(end.problem)
