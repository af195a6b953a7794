"""Sending at scale: `python -m bench.dispatch [TOUCHES] [URL]`: rows a second, no line behind it.

Whole: taken, judged against what is known of each customer, put on their way, settled. Bookkeeping:
the same without judging and without words, in batches of 500.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.touches import NOW, SECRET, fill
from bot.touches import Post, TouchWorker
from storage import schema
from storage.database import open_engine
from storage.outbound import planning
from storage.outbound.letters import Configured, Letter, Settled
from storage.outbound.touches import Touches
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
        judged = ways.run(lambda uow, ids=ids: _touches(uow).judged(ids, "w"))  # type: ignore[misc]
        leaving = [
            (row, ways.read(lambda uow, one=(row, known, verdict): _touches(uow).letter(*one)))  # type: ignore[misc]
            for row, known, verdict in judged
        ]
        spent.begin()
        ways.run(lambda uow, leaving=leaving: _touches(uow).put_on_way(leaving))  # type: ignore[misc]
        ends = [Settled(row["id"], "sent", "", "x") for row, _ in leaving]
        ways.run(lambda uow, ends=ends: _touches(uow).settle_all(ends))  # type: ignore[misc]
        spent.end()
    return spent


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
