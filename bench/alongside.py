"""Customers' waits while a campaign is built and sent: `python -m bench.alongside [POLICIES]`.

The whole product on SQLite in one process; customers write at a steady rate over the encrypted
callback. Rounds in which nothing else goes on take turns with rounds beside a campaign, which is
planned in the first of them and dispatched at full rate (short messages to a file) in all.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import yaml
from sqlalchemy import Engine, func, insert, select

from bench.contender import Contender, product
from bench.load import Round
from bench.pushes import Platform, Push
from bench.questions import Query, entry_id, write_base
from bot import outbound_parts
from bot.bootstrap import App
from bot.cli.serve import Role, serve_parts
from knowledge_base.loader import KnowledgeBase, load_jsonl
from knowledge_base.service import Service
from storage import schema
from storage.database import open_engine
from storage.models.base import table_of
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.outbound import planning
from storage.rules import outbound

_ENTRIES = 1_000
_RATE = 30
_SECONDS = 10.0
_PAIRS = 6
_CHUNK = 20_000
_item = table_of(OutboxItem)


def main() -> None:
    """Measure, or be the server that is measured."""
    if sys.argv[1:2] == ["serve"]:
        _serve(Path(sys.argv[2]), int(sys.argv[3]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 380_000
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base.jsonl"
        known = write_base(base, _ENTRIES)
        made = product(base, Path(folder))
        command = [sys.executable, "-m", "bench.alongside", "serve", *made.command[3:]]
        _measure(replace(made, command=command), known, count)


def _measure(server: Contender, known: Sequence[str], count: int) -> None:
    environment, platform = server.environment, Platform()
    go = Path(environment["ANDA_DATA_DIR"]) / "go"
    engine = open_engine(environment["ANDA_DATABASE_URL"], environment["ANDA_SECRET_KEY"].encode())
    schema.upgrade(engine)
    _fill(environment, count)
    server.start(0, known, platform)
    try:
        idle: list[Round] = []
        busy: list[Round] = []
        hold = go.with_name("hold")
        for number in range(_PAIRS):
            hold.touch()
            time.sleep(1)
            idle.append(_round(server, platform, known, "nothing else"))
            hold.unlink()
            go.touch()
            busy.append(_round(server, platform, known, "campaign"))
            print(f"  {number + 1}: {_standing(engine)}")
        before, during = _middle(idle), _middle(busy)
        ratio = during / before
        print(f"p99, median round: {before:.0f} ms idle, {during:.0f} ms beside it: {ratio:.2f}x")
    finally:
        server.stop()
        engine.dispose()


def _standing(engine: Engine) -> str:
    query = select(_item.c.status, func.count()).where(_item.c.campaign.is_not(None))
    with engine.connect() as connection:
        rows = connection.execute(query.group_by(_item.c.status)).all()
    return ", ".join(f"{status} {number:,}" for status, number in rows) or "nothing yet"


def _middle(rounds: Sequence[Round]) -> float:
    """Return the median of the rounds' 99th percentiles."""
    return statistics.median(one.wait_ms(0.99) for one in rounds)


def _round(server: Contender, platform: Platform, known: Sequence[str], name: str) -> Round:
    result = asyncio.run(_paced(server.port, platform, known))
    right = sum(status == 200 for _, status, _ in result.answers)
    print(
        f"{name}: {right} of {len(result.answers) + result.broken} answered,"
        f" p50 {result.wait_ms(0.5):.0f} ms, p99 {result.wait_ms(0.99):.0f} ms"
    )
    return result


async def _paced(port: int, platform: Platform, known: Sequence[str]) -> Round:
    """Send a message every so often, whether or not those before were answered."""
    result, began = Round(), time.perf_counter()
    tasks = []
    number = 0
    while (at := began + number / _RATE) < began + _SECONDS:
        which = number % len(known)
        push = platform.push(f"o-{number % 500}", Query(known[which], entry_id(which)), port)
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        tasks.append(asyncio.create_task(_one(port, push, result)))
        number += 1
    await asyncio.gather(*tasks)
    return result


async def _one(port: int, push: Push, result: Round) -> None:
    began = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = push.request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    except (OSError, TimeoutError):
        result.broken += 1
        return
    result.waits.append(time.perf_counter() - began)
    result.answers.append((push, int(answer[9:12]), b""))


def _serve(base: Path, port: int) -> None:
    """Be the product, with no quota for short messages and no timetable but the file ``go``."""
    table = yaml.safe_load(outbound._FILE.read_text(encoding="utf-8"))
    table["quota"]["sms"] = 10**9
    file = base.with_suffix(".yaml")
    file.write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")
    outbound._FILE = file
    vars(outbound_parts)["find_jobs"] = dict
    parts = App.from_configuration()
    vars(parts)["knowledge"] = Service(KnowledgeBase(list(load_jsonl(base))), parts.settings.branch)
    _let_be_held(parts)
    threading.Thread(target=_campaign, args=[parts], daemon=True).start()
    serve_parts(parts, Role.ALL, "127.0.0.1", port)


def _let_be_held(parts: App) -> None:
    """Send nothing while the file ``hold`` is there: the rounds to compare with."""
    touches, hold = parts.dispatcher.touches, parts.settings.data_dir / "hold"
    assert touches is not None
    send = touches.run_once

    async def unless_held() -> int:
        return 0 if hold.exists() else await send()

    vars(touches)["run_once"] = unless_held


def _campaign(parts: App) -> None:
    go = parts.settings.data_dir / "go"
    while not go.exists():
        time.sleep(0.2)
    now, table = parts.clock(), outbound.rules()
    began = time.perf_counter()
    new = planning.plan(
        parts.transactions, table, planning.waves(table, "renewal", now.date()), now
    )
    print(f"planned {new:,} in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    parts.dispatcher.wake()


def _fill(environment: Mapping[str, str], count: int) -> None:
    """Fill the database in a process of its own, whose memory is given back."""
    command = [sys.executable, "-c", f"from bench.alongside import fill; fill({count})"]
    subprocess.run(command, env=environment, check=True)


def fill(count: int) -> None:
    """Make customers with one policy each that ends in thirty days from now."""
    parts = App.from_configuration()
    now = parts.clock()
    common = {
        "line": "auto", "product": "机动车商业保险", "starts_at": now - timedelta(days=335),
        "ends_on": now.date() + timedelta(days=30), "status": "有效", "premium_fen": 1,
        "payment": "已缴清", "details": {},
    }  # fmt: skip
    for first in range(1, count + 1, _CHUNK):
        numbers = range(first, min(first + _CHUNK, count + 1))
        people = [
            {"id": n, "ref": f"C{n}", "kind": "person", "name": "白", "id_number": str(n),
             "id_blind": f"b{n}", "phone": f"139{n:08d}", "phone_blind": f"p{n}"}
            for n in numbers
        ]  # fmt: skip
        policies = [
            {"number": f"P{n:09d}", "customer_id": n, "plate": f"X{n:07d}", **common}
            for n in numbers
        ]
        with parts.transactions.engine.begin() as connection:
            connection.execute(insert(table_of(Customer)), people)
            connection.execute(insert(table_of(Policy)), policies)
    parts.transactions.close()


if __name__ == "__main__":
    main()
