"""Planning at scale: `python -m bench.touches [POLICIES] [URL]`: build, second run, two references.

All policies end on one day, so that every one of them is due: the worst day there is. The
references run in the same minute, each as one statement in one transaction: a copy of four
columns, and the same rows into a twin of the outbox, with its columns and its indexes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, MetaData, insert, text
from sqlalchemy.sql.elements import quoted_name

from bot.clock import SHANGHAI
from storage import schema
from storage.crypto import Cipher
from storage.database import open_engine
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.outbound import planning
from storage.rules.outbound import rules
from storage.transactions import transactions

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
_CHUNK = 20_000
SECRET = b"k" * 32
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
        engine = open_engine(url, SECRET)
        schema.upgrade(engine)
        fill(engine, count)
        _measure(engine, count)


def _measure(engine: Engine, count: int) -> None:
    ways, table = transactions(engine), rules()
    waves = planning.waves(table, "renewal", NOW.date())
    references = {"four columns": _four_columns, "a twin of the outbox": _twin}
    build, idle = 0.0, _memory(afresh=True)
    for name in ("build", "second run"):
        began = time.perf_counter()
        new = planning.plan(ways, table, waves, NOW)
        took = time.perf_counter() - began
        build = build or took
        print(f"{name}: {new:,} rows of {count:,} policies, {took:.1f} s, {count / took:,.0f}/s")
    print(f"memory over idle: {_memory() - idle} MB")
    for name, reference in references.items():
        first, second = (count / reference(engine) for _ in range(2))
        print(
            f"plain INSERT..SELECT into {name}: {first:,.0f}/s and {second:,.0f}/s;"
            f" the build runs at {2 * count / build / (first + second):.2f} of it"
        )
    ways.close()


def _four_columns(engine: Engine) -> float:
    with engine.begin() as connection:
        connection.execute(text(_PLAIN[0]))
    began = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(text(_PLAIN[1]))
    spent = time.perf_counter() - began
    _drop(engine, "plain")
    return spent


def _twin(engine: Engine) -> float:
    """Copy what the build plans: all columns, all indexes, constants where it has constants."""
    [wave] = [w for w in planning.waves(rules(), "renewal", NOW.date()) if w.step.code == "R30"]
    query = planning.candidates(rules(), wave, NOW)
    metadata = MetaData()
    table_of(Conversation).to_metadata(metadata)
    twin = table_of(OutboxItem).to_metadata(metadata, name="twin")
    twin.primary_key.name = "pk_twin"
    for index in twin.indexes:
        index.name = quoted_name(f"twin_{index.name}", quote=None)
    with engine.begin() as connection:
        twin.create(connection)
    began = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(insert(twin).from_select(list(query.selected_columns.keys()), query))
    spent = time.perf_counter() - began
    _drop(engine, "twin")
    return spent


def _drop(engine: Engine, name: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {name}"))


def _memory(*, afresh: bool = False) -> int:
    """Return the peak of this process in MB, counted afresh from now on if wished."""
    if afresh:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def fill(engine: Engine, count: int, people: int = 1_000) -> None:
    """Make policies that all end on one day, of so many customers."""
    sealed = Cipher(SECRET).blind("13900000000")
    customers = [
        {"id": n, "ref": f"C{n}", "kind": "person", "name": "白", "id_number": str(n),
         "id_blind": f"b{n}", "phone": "13900000000", "phone_blind": sealed}
        for n in range(1, people + 1)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(table_of(Customer)), customers)
    end = date(2026, 12, 25)
    common = {
        "line": "auto", "product": "机动车商业保险", "starts_at": NOW - timedelta(days=335),
        "ends_on": end, "status": "有效", "premium_fen": 1, "payment": "已缴清", "details": {},
    }  # fmt: skip
    for first in range(0, count, _CHUNK):
        rows = [
            {"number": f"P{n:09d}", "customer_id": n % people + 1, "plate": f"X{n:07d}", **common}
            for n in range(first, min(first + _CHUNK, count))
        ]
        with engine.begin() as connection:
            connection.execute(insert(table_of(Policy)), rows)


if __name__ == "__main__":
    main()
