"""`python -m bench.lookup`: is a policy looked up as fast among a million as among ten thousand?

The product's own look-up (all policies, by plate, by number, and a number of somebody else) in a
database that grows. Printed are p50 and p99 per size and the slope of p99 over the size, both on
logarithmic axes: 0 is flat. Judged is the processor's time, for on a shared machine the clock's
p99 times the neighbours; the slope by the clock is printed beside it. More than 0.1 fails.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert

from bot.clock import SHANGHAI
from bot.desks.policies import PolicyWish
from bot.dialogue.message import InboundMessage
from bot.settings import Settings
from storage import schema
from storage.back_office import TransactionBackOffice
from storage.crypto import Cipher
from storage.database import open_engine
from storage.models.base import table_of
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.unit_of_work import UnitOfWork

SIZES = (10_000, 100_000, 1_000_000)
STEEPEST = 0.1
LOOKUPS, ROUNDS, PER_CUSTOMER, BATCH = 400, 5, 2, 20_000
NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
SECRET = b"the bench keeps no secrets, thirty-two bytes"
FOLDER = Path("var") / "bench"


@dataclass(frozen=True)
class Point:
    """What one size took: milliseconds by the clock, and of the processor alone."""

    size: int
    p50: float
    p99: float
    cpu99: float


def main() -> int:
    """Grow, measure, print; 1 when the look-up gets slower with the number of policies."""
    parser = argparse.ArgumentParser(prog="bench.lookup", description="查保单随份数变慢多少")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'lookup.db'}", SECRET)
        schema.upgrade(engine)
        points = list(_points(engine, sorted(options.sizes), options.rounds))
        engine.dispose()
    steep = slope([(p.size, p.cpu99) for p in points])
    clock = slope([(p.size, p.p50) for p in points]), slope([(p.size, p.p99) for p in points])
    FOLDER.mkdir(parents=True, exist_ok=True)
    report = {"points": [vars(p) for p in points], "slope": steep, "slope_by_clock": clock}
    (FOLDER / "lookup.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(f"p99 对份数的斜率（双对数，CPU）{steep:+.3f}，要求不超过 {STEEPEST}")
    print(f"按钟：p50 {clock[0]:+.3f}，p99 {clock[1]:+.3f}（含同机别的进程）")
    return 0 if steep <= STEEPEST else 1


def slope(points: list[tuple[int, float]]) -> float:
    """Return the slope of a time over the size, both logarithmic, by least squares."""
    xs, ys = [math.log(size) for size, _ in points], [math.log(took) for _, took in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    joint = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return joint / spread if spread else 0.0


def _points(engine: Engine, sizes: list[int], rounds: int) -> Iterator[Point]:
    have = 0
    for size in sizes:
        began = time.monotonic()
        with engine.begin() as connection:
            _grow(connection, have, size)
        have, built = size, time.monotonic() - began
        # The machine has other things to do: the quietest round says what the look-up takes.
        measured = [_round(engine, size, seed) for seed in range(rounds)]
        best = (min(getattr(p, key) for p in measured) for key in ("p50", "p99", "cpu99"))
        point = Point(size, *best)
        times = f"p50 {point.p50:6.2f} ms，p99 {point.p99:6.2f} ms（CPU {point.cpu99:6.2f} ms）"
        print(f"{size:>9,} 份：{times}，装入 {built:.0f} 秒", flush=True)
        yield point


def _grow(connection: Connection, have: int, size: int) -> None:
    """Add policies, two a customer; the personal columns are the same sealed bytes for all."""
    sample = {"name": "甲乙", "id_number": "990101198001011234", "phone": "13800000000"}
    for start in range(have, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        people = [
            {
                "id": n // PER_CUSTOMER + 1, "ref": f"B{n}", "kind": "person", **sample,
                "id_blind": f"i{n}", "phone_blind": f"p{n}",
            }
            for n in numbers
            if n % PER_CUSTOMER == 0
        ]  # fmt: skip
        connection.execute(insert(table_of(Customer)), people)
        connection.execute(insert(table_of(Policy)), [_policy(n) for n in numbers])


def _policy(n: int) -> dict[str, Any]:
    ends = date(2026, 6, 1) + timedelta(days=n % 700)
    return {
        "number": f"TATJ{n:014d}",
        "customer_id": n // PER_CUSTOMER + 1,
        "line": "auto",
        "product": "机动车商业保险",
        "plate": f"津{n:07d}",
        "starts_at": NOW,
        "ends_on": ends,
        "status": "有效",
        "premium_fen": 100_000,
        "payment": "已缴清",
        "details": {"kind": "commercial", "coverages": [{"name": "车损险", "limit_yuan": 10_000}]},
    }


def _round(engine: Engine, size: int, seed: int) -> Point:
    """Look up as customers do, inside one transaction that is rolled back at the end."""
    chance, taken, cpu = random.Random(seed), list[float](), list[float]()
    with engine.connect() as connection:
        uow = UnitOfWork(connection)
        message = InboundMessage("webchat", "web", f"bench{seed}", "k", NOW)
        conversation = uow.conversations.open(message, NOW)
        settings, cipher = Settings(secret_key=SECRET.decode()), Cipher(SECRET)
        gc.disable()
        for count in range(LOOKUPS):
            n = chance.randrange(size)
            conversation.customer_id = n // PER_CUSTOMER + 1
            conversation.verified_until = NOW + timedelta(hours=1)
            office = TransactionBackOffice(uow, conversation, "webchat", settings, cipher, NOW)
            wish = _wish(count, n, size, chance)
            began, worked = time.perf_counter(), time.thread_time()
            found = office.find_policies(wish, "bench")
            uow.session.flush()
            cpu.append((time.thread_time() - worked) * 1_000)
            taken.append((time.perf_counter() - began) * 1_000)
            if bool(found.views) == (count % 4 == 3):
                raise SystemExit(f"看错了人：{wish}")
            uow.session.expunge_all()
        gc.enable()
        connection.rollback()
    return Point(size, _quantile(taken, 0.5), _quantile(taken, 0.99), _quantile(cpu, 0.99))


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def _wish(count: int, n: int, size: int, chance: random.Random) -> PolicyWish:
    """All, by plate, by number, and a number that is somebody else's."""
    other = (n + PER_CUSTOMER + chance.randrange(size - 2 * PER_CUSTOMER)) % size
    return (
        PolicyWish(),
        PolicyWish(plate=f"津{n:07d}", line="auto"),
        PolicyWish(number=f"TATJ{n:014d}"),
        PolicyWish(number=f"TATJ{other:014d}"),
    )[count % 4]


if __name__ == "__main__":
    sys.exit(main())
