"""Sending at scale: `python -m bench.dispatch [TOUCHES] [URL]`: rows a second, no line behind it.

Whole: taken, judged against what is known of each customer, put on their way, settled. Bookkeeping:
the same without judging and without words, in batches of 500.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from bench.touches import NOW, SECRET, fill
from bot.touches import Post, TouchWorker
from storage import schema
from storage.database import open_engine
from storage.outbound import planning
from storage.outbound.letters import Configured, Letter, Settled
from storage.outbound.touches import Leaving, Touches
from storage.rules.outbound import rules
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork

_BATCH = 500


@dataclass
class Spent:
    """Time by the clock on the wall and of the processor: the machine may be shared."""

    wall: float = 0.0
    cpu: float = 0.0

    def begin(self) -> None:
        """Start both clocks."""
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time()

    def end(self) -> None:
        """Stop them."""
        self.wall += time.perf_counter()
        self.cpu += time.process_time()


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{Path(folder) / 'a.db'}"
        engine = open_engine(url, SECRET)
        schema.upgrade(engine)
        fill(engine, count, people=count)
        ways, table = transactions(engine), rules()
        table = table.model_copy(update={"quota": {**table.quota, "sms": 10**9}})
        planning.plan(ways, table, planning.waves(table, "renewal", NOW.date()), NOW)
        half = count // 2 // _BATCH * _BATCH
        _say("bookkeeping", half, _bookkeeping(ways, half))
        _say("whole, judging included", count - half, asyncio.run(_whole(ways, count - half)))
        ways.close()


def _say(name: str, rows: int, spent: Spent) -> None:
    print(f"{name}: {rows / spent.wall:,.0f} rows/s, {rows / spent.cpu:,.0f} a second of processor")


def _bookkeeping(ways: Transactions, count: int) -> Spent:
    spent = Spent()
    for _ in range(count // _BATCH):
        spent.begin()
        ids = ways.run(lambda uow: _touches(uow).take("w", 60, _BATCH))
        spent.end()
        leaving = ways.run(partial(_leaving, ids))
        spent.begin()
        ways.run(partial(_put_on_way, leaving))
        ends = [Settled(row["id"], "sent", "", "x") for row, _ in leaving]
        ways.run(partial(_settle, ends))
        spent.end()
    return spent


def _leaving(ids: Sequence[int], uow: UnitOfWork) -> list[Leaving]:
    touches = _touches(uow)
    return [
        (row, touches.letter(row, known, verdict))
        for row, known, verdict in touches.judged(ids, "w")
    ]


def _put_on_way(leaving: Sequence[Leaving], uow: UnitOfWork) -> None:
    _touches(uow).put_on_way(leaving)


def _settle(ends: Sequence[Settled], uow: UnitOfWork) -> None:
    _touches(uow).settle_all(ends)


async def _whole(ways: Transactions, count: int) -> Spent:
    async def post(letter: Letter) -> str:
        return "x"

    def now() -> datetime:
        return NOW

    posts: dict[tuple[str, str], Post] = {}
    for way in ("custom", "template", "notice", "sms", "task"):
        posts[way, "*"] = post
    table = rules().model_copy(update={"quota": {**rules().quota, "sms": 10**9}})
    worker = TouchWorker(ways, table, Configured({}), posts, now, "w")
    spent, done = Spent(), 0
    spent.begin()
    while done < count:
        done += await worker.run_once()
    spent.end()
    return spent


def _touches(uow: UnitOfWork) -> Touches:
    return Touches(uow, rules(), Configured({}), NOW)


if __name__ == "__main__":
    main()
