"""How fast a table comes in and how much memory that takes: `python -m bench.imports`.

Each import runs in a process of its own, which notes its memory before it begins and the most
it ever had. Writes customers first, then policies, then payments, then the policies again.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, text

from storage import schema
from storage.database import open_engine
from storage.demo.identifiers import id_number
from storage.imports.run import Importer
from tests.postgres import throwaway_server

SECRET = b"a key of the bench, nothing secret"
LEAST_RATE = 10_000
MOST_MB = 64
_PEOPLE = 1_000
_STEPS = ("customers", "policies", "payments", "policies")


def main() -> int:
    """Measure every step; 1 when the goals on SQLite are missed."""
    options = _options()
    missed = 0
    with tempfile.TemporaryDirectory() as folder, _database(options, Path(folder)) as url:
        files = _write(Path(folder), options.rows)
        for step in _STEPS:
            found = _measure(url, Path(folder), step, files[step])
            rate = found["rows"] / found["seconds"]
            print(
                f"{step:<10} {found['rows']:>9,} 行 {found['seconds']:7.1f} 秒 {rate:8,.0f} 行/秒"
                f"  CPU {found['cpu']:6.1f} 秒  内存：闲时 {found['idle']:.0f} MB，"
                f"最多再加 {found['more']:.0f} MB  新增 {found['added']:,} 不变 {found['same']:,}",
                flush=True,
            )
            missed += rate < LEAST_RATE or found["more"] > MOST_MB
    return 1 if missed and not options.postgres else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.imports", description="导入的速度与内存")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true", help="用一个临时的 PostgreSQL")
    return parser.parse_args()


@contextmanager
def _database(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    if not options.postgres:
        yield _ready(f"sqlite:///{folder / 'anda.db'}")
        return
    with throwaway_server() as server:
        admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        name = f"b{uuid4().hex}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        yield _ready(f"{server}/{name}")


def _ready(url: str) -> str:
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    engine.dispose()
    return url


def _write(folder: Path, rows: int) -> dict[str, Path]:
    """Write the tables; the keys come in no order, as in a real export."""
    people = [id_number(date(1980, 1, 1), n) for n in range(_PEOPLE)]
    first = date(2026, 1, 1)
    step = 7_368_787  # prime to any number of rows that is not its multiple
    order = [n * step % rows for n in range(rows)]
    files = {kind: folder / f"{kind}.csv" for kind in ("customers", "policies", "payments")}
    with files["customers"].open("w", encoding="utf-8") as out:
        out.write("客户编号,姓名,证件号码,手机号\n")
        out.writelines(
            f"C{n:08d},测试{n},{people[n % _PEOPLE]},1380000{n % 10_000:04d}\n" for n in order
        )
    with files["policies"].open("w", encoding="utf-8") as out:
        out.write("保单号,客户编号,险种,产品名称,车牌号,起保日期,到期日,状态,保费,险别明细\n")
        for n in order:
            start = first + timedelta(days=n % 365)
            out.write(
                f"TATJ{n:012d},C{n:08d},车险,机动车商业保险,津{'ABCDEFGH'[n % 8]}{n % 100_000:05d},"
                f"{start},{start + timedelta(days=365)},有效,{1000 + n % 5000}.50,"
                f"机动车损失保险:150000;第三者责任保险:2000000:\n"
            )
    with files["payments"].open("w", encoding="utf-8") as out:
        out.write("交易号,保单号,金额,缴费时间,缴费方式\n")
        out.writelines(
            f"T{n:012d},TATJ{n:012d},{1000 + n % 5000}.50,"
            f"{first + timedelta(days=n % 365)} 10:00:00,微信\n"
            for n in order
        )
    return files


def _measure(url: str, folder: Path, kind: str, file: Path) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(writer, url, folder, kind, file))
    process.start()
    try:
        found: dict[str, Any] = json.loads(reader.recv())
    finally:
        process.join()
    return found


def _work(writer: Any, url: str, folder: Path, kind: str, file: Path) -> None:
    importer = Importer(url, SECRET, folder / "imports")
    # What an idle command has loaded: the program, the driver, an open database.
    engine = open_engine(url, SECRET)
    schema.is_current(engine)
    engine.dispose()
    idle, begun, cpu = _memory("VmRSS"), time.monotonic(), time.process_time()
    outcome = importer.run(kind, file)
    seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
    if outcome.problems.total:
        sys.exit("\n".join(outcome.problems.shown[:5]))
    most = _memory("VmHWM")
    facts = {"rows": outcome.rows, "added": outcome.added, "same": outcome.same, "cpu": cpu}
    writer.send(json.dumps(facts | {"seconds": seconds, "idle": idle, "more": most - idle}))


def _memory(name: str) -> float:
    """Return a figure of /proc in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
