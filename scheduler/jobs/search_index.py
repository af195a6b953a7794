"""Keep the sealed index over conversations: full blocks are added, erased words are taken out."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from scheduler.context import JobContext
from storage.search import indexing
from storage.unit_of_work import UnitOfWork

TITLE = "会话搜索的索引"
CRON = "*/5 * * * *"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Add what fills a block (the first time: everything) and mend what has shrunk."""
    ways = context.ways
    stale = ways.read(lambda uow: indexing.shrunk(uow.connection))
    if dry_run:
        waits = ways.read(lambda uow: indexing.next_block(uow.connection, as_of))
        return [f"要重做 {len(stale)} 块，{'有' if waits else '没有'}新的一块要加"]
    for number in stale:
        ways.run(partial(_mend, number, as_of))
    made = 0
    # Read and built beside the writer: customers' messages do not wait for it.
    while block := ways.read(lambda uow: indexing.next_block(uow.connection, as_of)):
        if not ways.run(partial(_write, block, as_of)):
            break
        made += 1
    return [f"加了 {made} 块，重做了 {len(stale)} 块"]


def _mend(number: int, as_of: datetime, uow: UnitOfWork) -> None:
    indexing.mend(uow.connection, number, as_of)


def _write(block: indexing.Block, as_of: datetime, uow: UnitOfWork) -> bool:
    return indexing.write(uow.connection, block, as_of)
