"""Days of sending to a strict and moody platform: `python -m tests.crash.lawful_days URL 50000`.

The clock is stepped, so that minutes, windows, quotas and tokens run out as on real days; what the
platform does wrong (resets after sending, slow and broken answers) happens in real time.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, select

from bot.channels import posts
from bot.channels.wechat.client import WeChatApi
from bot.channels.wechat.notices import WeChatNotices
from bot.channels.wechat.sender import WeChatSender
from bot.outbox import Dispatcher
from bot.touches import Post, TouchWorker
from storage import schema
from storage.database import open_engine
from storage.models.base import table_of
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.outbound import finishing
from storage.outbound.letters import Configured, Letter
from storage.tokens import StoredTokens
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.fake_api import Fault, running
from tests.bot.channels.wechat.law import CUSTOM, TEMPLATE, StrictApi
from tests.conftest import SECRET
from tests.storage.outbound_kit import NOW, TODAY, Outside, outside

ACCOUNT = "wx0123456789abcdef"
DAYS = 3
_item = table_of(OutboxItem)
_ARRIVED = ("sent", "delivered", "unknown")


@dataclass
class Days:
    """A branch whose policies end on three days, the platform, and a worker between them."""

    branch: Outside
    api: StrictApi
    dispatcher: Dispatcher
    size: int
    dice: random.Random = field(default_factory=lambda: random.Random(5))
    owed: int = 0
    step: timedelta = timedelta(minutes=15)

    def live(self) -> None:
        """Live through the days and the morning after, when the last windows close."""
        for day in range(DAYS + 1):
            self.branch.now = NOW + timedelta(days=day)
            if day < DAYS:
                self.branch.plan()
                self._progress(day)
            if day == 1:
                self.api.fail(TEMPLATE, Fault(code=50002))
                self.api.fail(CUSTOM, Fault(code=48001))
            while self.branch.now.hour < 21:
                self._hour(write=day < DAYS)
                self.branch.now += self.step
            self._tell()

    def _hour(self, *, write: bool) -> None:
        if write:
            for _ in range(max(1, self.size // 1_000)):
                self._write(self.dice.randrange(1, self.size + 1))
        if self.dice.random() < 0.02:
            self.api.revoke()
        self.work()

    def _write(self, number: int) -> None:
        """A customer writes or taps, and an agent answers at length."""
        if number % 10 == 0:
            return
        now, tap = self.branch.now, self.dice.random() < 0.1
        self.branch.wrote(now, number, "click:menu" if tap else "")
        self.api.acted(f"o{number}", now, tap=tap)
        count = self.dice.randrange(1, 8)

        def owe(uow: UnitOfWork) -> None:
            for n in range(count):
                uow.outbox.queue(
                    dedupe_key=f"said:{self.owed + n}", kind="reply", channel="wechat",
                    account=ACCOUNT, peer=f"o{number}", body={"type": "text", "text": f"{n}"},
                    due_at=now, now=now, conversation_id=number,
                )  # fmt: skip

        self.branch.ways.run(owe)
        self.owed += count

    def _progress(self, day: int) -> None:
        """Plan news of claims: urgent, and enough of it to use the share that is kept for it."""

        def work(uow: UnitOfWork) -> None:
            for number in range(1 + day, self.size, 12):
                uow.outbox.plan(
                    dedupe_key=f"progress:{number}:{day}", kind="claim_progress",
                    channel="wechat", account=ACCOUNT, peer=f"o{number}",
                    body={"text": "案件有进展。"}, conversation_id=number if number % 10 else None,
                    due_at=self.branch.now + timedelta(hours=6), now=self.branch.now,
                )  # fmt: skip

        self.branch.ways.run(work)

    def work(self) -> None:
        """Let the worker work until nothing is due, from minute to minute."""

        async def all_of_it() -> None:
            while await self.dispatcher.run_once():
                self.branch.now += timedelta(seconds=1)

        asyncio.run(all_of_it())

    def _tell(self) -> None:
        """The platform tells how the templates of the day ended."""
        told, self.api.finished = self.api.finished, []
        for first in range(0, len(told), 100):
            part = told[first : first + 100]

            def work(uow: UnitOfWork, part: list[tuple[str, str]] = part) -> None:
                for peer, job in part:
                    finishing.finished(uow, peer, job, "success", self.branch.now)

            self.branch.ways.run(work)

    def report(self) -> dict[str, Any]:
        """Return what came of it."""
        query = select(_item.c.kind, _item.c.status, _item.c.way, _item.c.reason, _item.c.attempts)
        rows = self.branch.ways.read(lambda uow: uow.connection.execute(query).all())
        ends = Counter((row.status, row.way or "") for row in rows)
        sends = sum(n for (status, way), n in ends.items() if status in _ARRIVED and way)
        return {
            "rows": len(rows),
            "sends": sends,
            "ends": dict(ends),
            "open": sum(row.status in ("planned", "sending", "due") for row in rows),
            "refused": dict(self.api.refused),
            "quota": {f"{p[13:]} {d}": n for (p, d), n in sorted(self.api.by_day.items())},
            "worst minute": max(self.api.by_minute.values(), default=0),
            "tokens": (self.api.issued, self.api.calls["/cgi-bin/stable_token"]),
            "answers lost": self.api.unanswered,
            "apart": self.apart(),
        }

    def apart(self) -> list[str]:
        """Return the customers to whom more or less arrived than our own rows say."""
        query = (
            select(_item.c.way, table_of(Conversation).c.peer)
            .join(Conversation, Conversation.id == _item.c.conversation_id)
            .where(_item.c.status.in_(_ARRIVED), _item.c.way.in_(("custom", "template")))
        )
        paths = {"custom": CUSTOM, "template": TEMPLATE}
        rows = self.branch.ways.read(lambda uow: uow.connection.execute(query).all())
        ours = Counter((paths[row.way], row.peer) for row in rows)
        both = ours.keys() | self.api.arrived.keys()
        return [f"{k[0][13:]} {k[1]}" for k in both if ours[k] != self.api.arrived[k]]


def fill(branch: Outside, api: StrictApi, size: int) -> None:
    """Make customers with a policy and, nine of ten, a conversation; some of them wrote lately."""
    numbers, dice = range(1, size + 1), random.Random(3)
    blind = branch.cipher.blind
    people = [
        {"id": n, "ref": f"C{n}", "kind": "person", "name": "白", "id_number": str(n),
         "id_blind": f"b{n}", "phone": f"139{n:08d}", "phone_blind": blind(f"139{n:08d}")}
        for n in numbers
    ]  # fmt: skip
    policies = [
        {"number": f"P{n}", "customer_id": n, "plate": f"津X{n:06d}", "status": "有效",
         "ends_on": TODAY + timedelta(days=30 + n % DAYS), "line": "auto",
         "product": "机动车商业保险", "starts_at": NOW - timedelta(days=335), "premium_fen": 1,
         "payment": "已缴清", "details": {}}
        for n in numbers
    ]  # fmt: skip
    wrote = {n: NOW + timedelta(days=n % DAYS, hours=-dice.random() * 72)
             for n in numbers if n % 3 == 0 and n % 10}  # fmt: skip
    chats = [
        {"id": n, "channel": "wechat", "account": ACCOUNT, "peer": f"o{n}", "state": {},
         "owner": "bot", "owner_rev": 0, "customer_id": n, "subscribed": True,
         "last_seq": int(n in wrote), "opened_at": NOW, "last_at": wrote.get(n, NOW)}
        for n in numbers if n % 10
    ]  # fmt: skip
    said = [
        {"conversation_id": n, "seq": 1, "author": "customer", "owner_rev": 0, "key": "k1",
         "body": {"type": "text", "text": "在吗"}, "at": at}
        for n, at in wrote.items()
    ]  # fmt: skip
    for n, at in wrote.items():
        api.acted(f"o{n}", at)
    api.gone = {f"o{n}" for n in numbers if n % 20 == 1}

    def work(uow: UnitOfWork) -> None:
        for model, rows in (
            (Customer, people), (Policy, policies), (Conversation, chats), (Message, said),
        ):  # fmt: skip
            uow.connection.execute(insert(table_of(model)), rows)

    branch.ways.run(work)


@contextmanager
def days(url: str, size: int) -> Iterator[Days]:
    """Yield a town ready to live: quotas so small that they are used up every day."""
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    branch = outside(engine)
    quota = {"custom": size // 4, "template": size // 8, "notice": 1, "sms": 10**9}
    minute = max(50, size // 40)
    branch.rules = branch.rules.model_copy(
        update={"quota": quota, "minute_quota": {"custom": minute, "template": minute}}
    )
    branch.configured = Configured({"policy_expiring": False, "claim_progress": False})
    api = StrictApi(
        clock=lambda: branch.now, moody=True, minute_quota=minute,
        day_quota={CUSTOM: quota["custom"], TEMPLATE: quota["template"]},
    )  # fmt: skip
    with running(api):
        fill(branch, api, size)
        yield Days(branch, api, _dispatcher(branch, api), size)
        branch.ways.close()


def _dispatcher(branch: Outside, api: StrictApi) -> Dispatcher:
    def clock() -> datetime:
        return branch.now

    settings = platform.settings(api_base_url=api.url, api_timeout_s=1)
    tokens = StoredTokens(branch.ways, lambda: clock().timestamp())
    client = WeChatApi(settings, tokens, clock)
    sender = WeChatSender(client, threads=8)
    ids = {"policy_expiring": ("T1", False), "claim_progress": ("T2", False)}
    ways: dict[tuple[str, str], Post] = {
        ("custom", "wechat"): posts.by_sender(sender),
        ("template", "wechat"): WeChatNotices(client, ids, threads=8),
        ("sms", "*"): _nowhere,
        ("task", "*"): _nowhere,
    }

    async def reply(item: Any) -> str:
        return await sender.send(item.account, item.peer, item.body)

    made = Dispatcher(branch.ways, {("*", "wechat"): reply}, clock, "w")
    made.touches = TouchWorker(
        branch.ways, branch.rules, branch.configured, ways, clock, "w", posts.gone
    )
    return made


async def _nowhere(letter: Letter) -> str:
    return ""


def main() -> None:
    """Live the days for some number of policies and print what came of it."""
    url, size = sys.argv[1], int(sys.argv[2])
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        url = url if "://" in url else f"sqlite:///{Path(folder) / 'a.db'}"
        with days(url, size) as town:
            town.live()
            for name, value in town.report().items():
                sys.stdout.write(f"{name}: {value}\n")
    sys.stdout.write(f"{time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main()
