"""Planning at scale: `python -m bench.touches [POLICIES] [URL]`: build, second run, plain copy.

All policies end on one day, so that every one of them is due: the worst day there is.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, text

from bot.clock import SHANGHAI
from storage import schema
from storage.crypto import Cipher
from storage.database import open_engine
from storage.models.base import table_of
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.outbound import planning
from storage.rules.outbound import rules
from storage.transactions import transactions

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
_CHUNK = 20_000
_SECRET = b"k" * 32
_PLAIN = (
    "CREATE TABLE plain (dedupe_key VARCHAR(128) UNIQUE, peer VARCHAR(128), kind VARCHAR(64),"
    " status VARCHAR(64))",
    "INSERT INTO plain SELECT number || '-' || ends_on || '-R30', 'customer-' || customer_id,"
    " 'renewal', 'planned' FROM policy WHERE ends_on = '2026-12-25'",
)


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{Path(folder) / 'a.db'}"
        engine = open_engine(url, _SECRET)
        schema.upgrade(engine)
        _fill(engine, count)
        _measure(engine, count)


def _measure(engine: Engine, count: int) -> None:
    ways, table = transactions(engine), rules()
    waves = planning.waves(table, "renewal", NOW.date())
    idle = _memory()
    for name in ("build", "second run"):
        began = time.perf_counter()
        new = planning.plan(ways, table, waves, NOW)
        spent = time.perf_counter() - began
        print(f"{name}: {new:,} rows of {count:,} policies, {spent:.1f} s, {count / spent:,.0f}/s")
    print(f"memory over idle: {_memory() - idle} MB")
    began = time.perf_counter()
    with engine.begin() as connection:
        for statement in _PLAIN:
            connection.execute(text(statement))
    spent = time.perf_counter() - began
    print(f"plain INSERT..SELECT of four columns: {spent:.1f} s, {count / spent:,.0f}/s")
    ways.close()


def _memory() -> int:
    """Return the peak of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _fill(engine: Engine, count: int) -> None:
    sealed = Cipher(_SECRET).blind("13900000000")
    people = [
        {"id": n, "ref": f"C{n}", "kind": "person", "name": "白", "id_number": str(n),
         "id_blind": f"b{n}", "phone": "13900000000", "phone_blind": sealed}
        for n in range(1, 1_001)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(table_of(Customer)), people)
    end = date(2026, 12, 25)
    common = {
        "line": "auto", "product": "机动车商业保险", "starts_at": NOW - timedelta(days=335),
        "ends_on": end, "status": "有效", "premium_fen": 1, "payment": "已缴清", "details": {},
    }  # fmt: skip
    for first in range(0, count, _CHUNK):
        rows = [
            {"number": f"P{n:09d}", "customer_id": n % 1_000 + 1, "plate": f"X{n:07d}", **common}
            for n in range(first, min(first + _CHUNK, count))
        ]
        with engine.begin() as connection:
            connection.execute(insert(table_of(Policy)), rows)


if __name__ == "__main__":
    main()
