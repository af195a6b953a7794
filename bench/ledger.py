"""What the ledger costs: `python -m bench.ledger [ROWS]`: a turn with and without it, a month."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine

from bench.budget import Bench, _prepare, ms
from bench.ledger_rows import MONTH, Month
from storage import schema
from storage.database import open_engine
from storage.kpi import figures
from storage.ledger import Ledger

ROUNDS = 5
CHUNK = 20_000


def main() -> None:
    """Print both."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        _turns(_prepare(Path(folder), 1_000))
        engine = open_engine(f"sqlite:///{Path(folder) / 'month.db'}", b"k" * 32)
        schema.upgrade(engine)
        _month(engine, rows)
        engine.dispose()


def _turns(bench: Bench) -> None:
    """Measure in turn, so that a slow moment of the machine meets both."""
    with_it, without = [], []
    for _ in range(ROUNDS):
        with_it.append(ms(bench.turns))
        # The same turns with the ledger struck out: the difference is what it costs.
        with patch.object(Ledger, "add", _nothing):
            without.append(ms(bench.turns))
    bench.database.dispose()
    more = min(with_it) / min(without) - 1
    print(f"一轮的 CPU：{min(without):.3f} → {min(with_it):.3f} ms（{more:+.1%}）")


def _nothing(*_: object) -> None:
    """Stand for a ledger that keeps nothing."""


def _month(engine: Engine, count: int) -> None:
    spent = _timed(lambda: _fill(engine, count))
    print(f"写入 {count:,} 条事件：{spent:.1f} s")
    with engine.connect() as connection:
        for code, definition in figures.DEFINITIONS.items():
            one = _timed(partial(figures.table, connection, definition, MONTH))
            if one > 0.2:
                print(f"  {code:<24}{one:6.2f} s")
        cpu = time.process_time()
        spent = _timed(lambda: figures.tables(connection, MONTH))
        cpu = time.process_time() - cpu
    print(f"一个月的全部指标：{spent:.2f} s，其中 CPU {cpu:.2f} s")


def _fill(engine: Engine, count: int) -> None:
    with engine.begin() as connection:
        ledger = Ledger(connection)
        for number, row in enumerate(Month(1).rows(count)):
            ledger.add(row)
            if number % CHUNK == 0:
                ledger.write()
        ledger.write()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
