"""Customers' waits while a campaign is built and sent: `python -m bench.alongside`.

Customers write at a steady rate over the encrypted callback. Rounds in which nothing else goes on
take turns with rounds beside a campaign, which is planned in the first of them and sent in all:
short messages to a file, or templates over a WeChat API on this machine. On SQLite the product is
one process; with the URL of an empty PostgreSQL database, one that answers and one that sends.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, func, select

from bench.contender import Contender, free_port, product
from bench.load import Round
from bench.pushes import Platform, Push
from bench.questions import Query, entry_id, write_base
from storage import schema
from storage.database import open_engine
from storage.models.base import table_of
from storage.models.outbox import OutboxItem

_ENTRIES = 1_000
_RATE = 30
_SECONDS = 10.0
_SERVER = [sys.executable, "-m", "bench.alongside_server"]
_TEMPLATE = '{"policy_expiring": "T1"}'
_item = table_of(OutboxItem)


def main() -> None:
    """Measure."""
    wanted = _wanted()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        base = Path(folder) / "base.jsonl"
        known = write_base(base, _ENTRIES)
        made = product(base, Path(folder))
        environment = dict(made.environment)
        if wanted.way == "wechat":
            address = stack.enter_context(_api())
            environment |= {
                "ANDA_WECHAT__API_BASE_URL": address, "ANDA_WECHAT__APP_SECRET": "s",
                "ANDA_WECHAT__TEMPLATES": _TEMPLATE,
            }  # fmt: skip
        if wanted.url:
            environment["ANDA_DATABASE_URL"] = wanted.url
        engine = open_engine(
            environment["ANDA_DATABASE_URL"], environment["ANDA_SECRET_KEY"].encode()
        )
        schema.upgrade(engine)
        _fill(environment, wanted.policies, follow=wanted.way == "wechat")
        role = "web" if wanted.url else "all"
        command = [*_SERVER, role, *made.command[3:]]
        if wanted.url:
            stack.enter_context(_running([*_SERVER, "worker", str(base), "0"], environment))
        server = replace(made, command=command, environment=environment)
        # Read only: a look that began as a writer would hold up the very writes it looks at.
        watch = engine.execution_options(anda_readonly=True)
        _measure(server, known, watch, wanted.pairs)


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("policies", type=int, nargs="?", default=380_000)
    parser.add_argument("--way", choices=["sms", "wechat"], default="sms")
    parser.add_argument("--url", default="", help="an empty PostgreSQL database")
    parser.add_argument("--pairs", type=int, default=6)
    return parser.parse_args()


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def _api() -> Iterator[str]:
    port = free_port()
    code = f"from bench.alongside_server import platform; platform({port})"
    with _running([sys.executable, "-c", code], os.environ):
        yield f"http://127.0.0.1:{port}"


def _measure(server: Contender, known: Sequence[str], engine: Engine, pairs: int) -> None:
    platform = Platform()
    go = Path(server.environment["ANDA_DATA_DIR"]) / "go"
    hold = go.with_name("hold")
    server.start(0, known, platform)
    try:
        idle: list[Round] = []
        busy: list[Round] = []
        for number in range(pairs):
            hold.touch()
            time.sleep(2)
            idle.append(_round(server, platform, known, "nothing else"))
            hold.unlink()
            go.touch()
            time.sleep(1)
            sent = _left(engine)
            busy.append(_round(server, platform, known, "campaign"))
            print(f"  {number + 1}: {_left(engine) - sent:,} sent, {_standing(engine)}")
        before, during = _middle(idle), _middle(busy)
        ratio = during / before
        print(f"p99, median round: {before:.1f} ms idle, {during:.1f} ms beside it: {ratio:.2f}x")
        print(server.log.read_text(encoding="utf-8")[-2_000:])
    finally:
        server.stop()
        engine.dispose()


def _left(engine: Engine) -> int:
    query = select(func.count()).where(_item.c.campaign.is_not(None), _item.c.status == "sent")
    with engine.connect() as connection:
        return connection.execute(query).scalar_one()


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
        f" p50 {result.wait_ms(0.5):.1f} ms, p99 {result.wait_ms(0.99):.1f} ms"
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


def _fill(environment: Mapping[str, str], count: int, *, follow: bool) -> None:
    """Fill the database in a process of its own, whose memory is given back."""
    code = f"from bench.alongside_server import fill; fill({count}, follow={follow})"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


if __name__ == "__main__":
    main()
