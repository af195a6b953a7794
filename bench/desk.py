"""The desk under load: `python -m bench.desk`, a server of its own with 10,000 who wait.

Prints the list's p95, what 200 open consoles cost, and how soon «人工» is seen in the queue.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import insert

from bot.bootstrap import App
from bot.clock import now
from bot.console.gate import COOKIE
from bot.settings import Settings
from storage import schema
from storage.models.base import table_of
from storage.models.case import Handoff
from storage.models.conversation import Conversation, Message
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork

ROOT = Path(__file__).parents[1]
LIST_MS, STREAMS_MIB, SEEN_MS = 100.0, 150.0, 1_000.0
_LISTS, _WISHES = 60, 20
_TABS = ("queue", "all", "mine")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """What came out."""

    lists: dict[str, tuple[float, float]]
    idle_mib: float
    streams_mib: float
    idle_cpu: float
    seen: list[float]
    wish_cpu: float

    @property
    def ok(self) -> bool:
        """Tell whether every figure is within its bound."""
        slow = max(p95 for p95, _ in self.lists.values()) > LIST_MS
        return not slow and self.streams_mib <= STREAMS_MIB and p95(self.seen) <= SEEN_MS


def main() -> int:
    """Print the figures; 1 when one is out of bounds."""
    parser = argparse.ArgumentParser(prog="bench.desk", description="坐席台在一万人排队时有多快")
    parser.add_argument("--waiting", type=int, default=10_000)
    parser.add_argument("--agents", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options.waiting, options.agents)
    for tab, (slow, cpu) in found.lists.items():
        print(f"列表「{tab}」 {options.waiting:,} 人排队：p95 {slow:.0f} ms，CPU {cpu:.1f} ms")
    print(f"{options.agents} 个坐席的流：比空闲多 {found.streams_mib:.0f} MiB")
    print(f"他们都开着页面、没有新消息时，服务进程每秒 CPU {found.idle_cpu * 1000:.0f} ms")
    print(
        f"转人工到看得见：p50 {statistics.median(found.seen):.0f} ms，p95 {p95(found.seen):.0f} ms"
    )
    print(f"    其中服务进程 CPU {found.wish_cpu:.0f} ms")
    return 0 if found.ok else 1


def p95(values: Sequence[float]) -> float:
    """Return what 95 of 100 stay under."""
    return sorted(values)[int(0.95 * (len(values) - 1) + 0.5)]


def measure(folder: Path, waiting: int, agents: int) -> Measured:
    """Fill a database, start the product over it and ask."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"sqlite:///{folder / 'anda.db'}"
    settings = Settings(data_dir=folder, database_url=url)
    cookies = fill(settings, waiting, agents)
    environment = {
        **os.environ,
        "ANDA_DATA_DIR": str(folder),
        "ANDA_DATABASE_URL": url,
        "ANDA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ANDA_DESK__OPENS": "00:00",
        "ANDA_DESK__CLOSES": "23:59",
        # Nobody is offered to anybody: what is measured is the load of looking.
        "ANDA_DESK__ANSWER_MINUTES": "600",
    }
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    with contextlib.suppress(PermissionError):
        os.nice(-15)  # where it may: other programs on the machine are not what is measured
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            return asyncio.run(_asked(server.pid, f"http://127.0.0.1:{port}", cookies))
        except BaseException:
            print((folder / "log").read_text()[-3_000:], file=sys.stderr)
            raise
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def fill(settings: Settings, waiting: int, agents: int) -> list[str]:
    """Let so many wait, and as many people be logged in; return their cookies."""
    app = App(settings)
    schema.upgrade(app.transactions.engine)
    at = now()

    def work(uow: UnitOfWork) -> list[str]:
        rows = [_conversation(number, at) for number in range(1, waiting + 1)]
        uow.connection.execute(insert(table_of(Conversation)), rows)
        uow.connection.execute(insert(table_of(Message)), [_message(row) for row in rows])
        uow.connection.execute(insert(table_of(Handoff)), [_handoff(row) for row in rows])
        people = [
            StaffUser(name=f"坐席{n}", role="agent", password_hash="-", created_at=at, skills=[])
            for n in range(agents)
        ]
        uow.session.add_all(people)
        uow.session.flush()
        return [uow.console_sessions.begin(one, at) for one in people]

    cookies = app.transactions.run(work)
    app.transactions.close()
    return cookies


def _conversation(number: int, at: object) -> dict[str, object]:
    return {
        # Half of them on WeChat: their allowance is counted with the list.
        "id": number, "channel": "webchat" if number % 2 else "wechat", "account": "web",
        "peer": f"bench-{number}", "state": {}, "owner": "queue", "owner_rev": 1, "fence_rev": 0,
        "agent": None, "customer_id": None, "verified_until": None, "subscribed": True,
        "snoozed_until": None, "last_seq": 1, "opened_at": at, "last_at": at,
    }  # fmt: skip


def _message(row: dict[str, object]) -> dict[str, object]:
    body = {"type": "text", "text": "我的车在和平区被追尾了，请转人工"}
    return {
        "conversation_id": row["id"], "seq": 1, "author": "customer", "key": "k", "reply_to": None,
        "sent_by": None, "owner_rev": 0, "body": body, "at": row["last_at"],
    }  # fmt: skip


def _handoff(row: dict[str, object]) -> dict[str, object]:
    opened = row["opened_at"]
    assert isinstance(opened, datetime)
    return {
        "number": f"HO20200101{row['id']:06d}", "conversation_id": row["id"], "level": "human",
        "reason": "客户要求转人工", "status": "open", "skill": "general", "told": 9,
        "package": {"last_words": ["customer：转人工"] * 6, "draft": []},
        "opened_at": opened, "answer_by": opened + timedelta(hours=10),
    }  # fmt: skip


async def _asked(pid: int, address: str, cookies: Sequence[str]) -> Measured:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await _ready(client)
        lists = {tab: await _lists(client, pid, cookies[0], tab) for tab in _TABS}
        idle = _mib(pid)
        seen: asyncio.Queue[float] = asyncio.Queue()
        streams = [
            asyncio.create_task(_stream(client, cookie, seen, number == 0))
            for number, cookie in enumerate(cookies)
        ]
        streams += [asyncio.create_task(_pulse(client, cookie)) for cookie in cookies]
        await asyncio.sleep(8)
        before = _cpu(pid)
        await asyncio.sleep(10)
        idle_cpu = (_cpu(pid) - before) / 10
        streams_mib = max(0.0, _mib(pid) - idle)
        # The knowledge base is read when the first customer writes: that is not the desk.
        await _wish(client, cookies[0], _WISHES, seen)
        before = _cpu(pid)
        waits = [await _wish(client, cookies[0], number, seen) for number in range(_WISHES)]
        wish_cpu = (_cpu(pid) - before) / _WISHES * 1000
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)
    return Measured(lists, idle, streams_mib, idle_cpu, waits, wish_cpu)


async def _ready(client: httpx.AsyncClient) -> None:
    for _ in range(480):
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.25)
    raise SystemExit("服务没有启动")


async def _lists(client: httpx.AsyncClient, pid: int, cookie: str, tab: str) -> tuple[float, float]:
    """Return the p95 of the list by the clock, and the processor's time for one."""
    times, headers = [], {"Cookie": f"{COOKIE}={cookie}"}
    for _ in range(3):
        await client.get(f"/console/inbox/list?tab={tab}", headers=headers)
    cpu = _cpu(pid)
    for _ in range(_LISTS):
        started = time.perf_counter()
        answer = await client.get(f"/console/inbox/list?tab={tab}", headers=headers)
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200
        assert tab == "mine" or answer.text.count("row-item") >= 50
    return p95(times), (_cpu(pid) - cpu) / _LISTS * 1000


async def _stream(
    client: httpx.AsyncClient,
    cookie: str,
    seen: asyncio.Queue[float],
    first: bool,
) -> None:
    """Hold one console open; the first one tells when somebody is in the queue."""
    headers = {"Cookie": f"{COOKIE}={cookie}", "Accept": "text/event-stream"}
    with contextlib.suppress(httpx.TransportError):
        async with client.stream("GET", "/console/events", headers=headers) as answer:
            async for line in answer.aiter_lines():
                if first and '"owner":"queue"' in line:
                    seen.put_nowait(time.perf_counter())


async def _pulse(client: httpx.AsyncClient, cookie: str) -> None:
    """Say like an open page that somebody is there."""
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    page = await client.get("/console/me", headers=headers)
    headers["X-CSRF-Token"] = page.json()["csrf"]
    while not client.is_closed:
        await client.post("/console/alive", headers=headers)
        await asyncio.sleep(7)


async def _wish(
    client: httpx.AsyncClient, cookie: str, number: int, seen: asyncio.Queue[float]
) -> float:
    """Ask for a person; return after how many ms the console heard and its list had it."""
    peer = f"wish-{number:04d}-{os.getpid()}"
    started = time.perf_counter()
    body = {"session": peer, "client_id": f"c-{number:06d}", "text": "转人工"}
    answer = await client.post("/chat/api/messages", json=body)
    assert answer.status_code == 200, answer.text
    await asyncio.wait_for(seen.get(), 20)
    await client.get("/console/inbox/list?tab=queue", headers={"Cookie": f"{COOKIE}={cookie}"})
    return (time.perf_counter() - started) * 1000


def _mib(pid: int) -> float:
    """Return the memory that is this process's share."""
    with Path(f"/proc/{pid}/smaps_rollup").open() as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _cpu(pid: int) -> float:
    """Return the processor's seconds so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


if __name__ == "__main__":
    sys.exit(main())
