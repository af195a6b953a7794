"""Against a platform that enforces windows, allowances and quotas: it never has to refuse us."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels import posts
from bot.channels.wechat.client import WeChatApi
from bot.channels.wechat.notices import WeChatNotices
from bot.channels.wechat.sender import WeChatSender
from bot.outbox import Dispatcher
from bot.touches import Post, TouchWorker
from storage import schema
from storage.database import open_engine
from storage.models.outbox import OutboxItem
from storage.outbound.letters import Configured, Letter
from storage.tokens import StoredTokens
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.fake_api import FakeApi, Fault, running
from tests.conftest import SECRET
from tests.storage.outbound_kit import NOW, Outside, outside

CUSTOM, TEMPLATE = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
DAILY_TEMPLATES = 4


@dataclass
class Law:
    """The platform's own book: who did what when, and what was sent since."""

    now: datetime = NOW
    wrote: dict[str, datetime] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    templates: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, path: str, message: dict[str, Any]) -> int:
        """Return the code by which this message is refused, 0 when it is lawful."""
        with self.lock:
            code = self._judge(path, str(message["touser"]))
            self.refused[code] += code != 0
            return code

    def _judge(self, path: str, peer: str) -> int:
        if path == TEMPLATE:
            self.templates += 1
            return 45009 if self.templates > DAILY_TEMPLATES else 0
        wrote = self.wrote.get(peer)
        if wrote is None or self.now - wrote > timedelta(hours=48):
            return 45015
        self.used[peer] += 1
        return 45047 if self.used[peer] > 5 else 0


@dataclass
class Street:
    """A branch, the platform, and a worker between them."""

    branch: Outside
    api: FakeApi
    law: Law
    dispatcher: Dispatcher

    def write(self, number: int, at: datetime) -> None:
        """Let a customer write; the allowance is full again."""
        self.branch.wrote(at, number)
        self.law.wrote[f"o{number}"] = at
        self.law.used[f"o{number}"] = 0

    def owe(self, number: int, count: int, name: str) -> None:
        """Owe replies to a customer, as an agent who writes much does."""

        def work(uow: Any) -> None:
            for n in range(count):
                uow.outbox.queue(
                    dedupe_key=f"{name}:{number}:{n}", kind="reply", channel="wechat",
                    account="wx0123456789abcdef", peer=f"o{number}",
                    body={"type": "text", "text": f"{n}"}, due_at=self.branch.now,
                    now=self.branch.now, conversation_id=number,
                )  # fmt: skip

        self.branch.ways.run(work)

    def work(self, rounds: int = 40) -> None:
        """Let the worker work until nothing is due."""

        async def all_of_it() -> None:
            for _ in range(rounds):
                if not await self.dispatcher.run_once():
                    return

        asyncio.run(all_of_it())

    def ends(self) -> Counter[tuple[str, str, str]]:
        """Count (kind, status, way)."""
        return Counter((i.kind, i.status, i.way or "") for i in self.items())

    def items(self) -> list[OutboxItem]:
        """Return all rows."""
        return self.branch.items()


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    """Twelve customers with a policy each; every second one wrote within two days."""
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}", SECRET)
    schema.upgrade(engine)
    branch, law = outside(engine), Law()
    quota = {**branch.rules.quota, "template": DAILY_TEMPLATES}
    branch.rules = branch.rules.model_copy(update={"quota": quota})
    branch.configured = Configured({"policy_expiring": False})
    with running() as api:
        api.law = law  # type: ignore[method-assign]
        clock = lambda: branch.now  # noqa: E731
        settings = platform.settings(api_base_url=api.url, api_timeout_s=2)
        client = WeChatApi(settings, StoredTokens(branch.ways, lambda: 0.0), clock)
        sender = posts.by_sender(WeChatSender(client, threads=4))
        notices = WeChatNotices(client, {"policy_expiring": ("T1", False)}, threads=4)
        ways: dict[tuple[str, str], Post] = {
            ("custom", "wechat"): sender,
            ("template", "wechat"): notices,
            ("sms", "*"): _nowhere,
            ("task", "*"): _nowhere,
        }

        async def reply(item: Any) -> str:
            return await sender(item)

        made = Dispatcher(branch.ways, {("*", "wechat"): reply}, clock, "w")
        made.touches = TouchWorker(
            branch.ways, branch.rules, branch.configured, ways, clock, "w", posts.gone
        )
        for number in range(1, 13):
            branch.customer(number, f"139{number:08d}")
            branch.policy(f"P{number}", number, plate=f"津X{number:05d}")
            branch.chat(number, number, account="wx0123456789abcdef")
        yield Street(branch, api, law, made)
        branch.ways.close()


async def _nowhere(letter: Letter) -> str:
    return ""


def test_the_platform_never_has_to_refuse_us(street: Street) -> None:
    """Replies and reminders share the five; the rest goes by template, SMS, or is kept back."""
    for number in range(1, 13, 2):
        street.write(number, NOW - timedelta(hours=number * 4 + 3))
        street.owe(number, number % 7, "first")
    street.owe(2, 2, "closed")
    street.branch.plan()
    street.work()
    assert street.law.refused.total() == 0
    assert street.law.templates == DAILY_TEMPLATES
    assert 3 <= max(street.law.used.values()) <= 5
    ends = street.ends()
    # Those two whose window was closed; a reminder that left first may cost a fifth reply.
    assert 2 <= ends["reply", "undeliverable", ""] <= 3
    assert sum(n for (kind, _, _), n in ends.items() if kind == "renewal") == 12
    assert ends["renewal", "sent", "sms"] > 0
    assert ends["renewal", "sent", "custom"] > 0


def test_when_the_customer_writes_again_there_is_room_again(street: Street) -> None:
    """Seven replies: five leave; after a new message two more do."""
    street.write(1, NOW - timedelta(hours=1))
    street.owe(1, 7, "many")
    street.work()
    assert street.ends()["reply", "sent", "custom"] == 5
    assert street.ends()["reply", "undeliverable", ""] == 2
    street.branch.now = street.law.now = NOW + timedelta(minutes=10)
    street.write(1, street.branch.now)
    street.owe(1, 2, "more")
    street.work()
    assert street.ends()["reply", "sent", "custom"] == 7
    assert street.law.refused.total() == 0


def test_a_broken_connection_after_sending_is_unknown_and_not_repeated(street: Street) -> None:
    """F12: the reminder may have arrived; nobody gets it twice."""
    street.api.fail(TEMPLATE, Fault(reset=True))
    street.branch.say("DELETE FROM policy WHERE number <> 'P2'")
    street.branch.plan()
    street.work()
    assert street.ends() == {("renewal", "unknown", "template"): 1}
    street.branch.now += timedelta(hours=1)
    street.work()
    assert street.api.calls[TEMPLATE] == 1


def test_whoever_blocked_us_is_not_written_to_again(street: Street) -> None:
    """F16: 43004 marks the customer as gone; what is owed takes another way."""
    street.api.fail(TEMPLATE, Fault(code=43004))
    street.branch.say("DELETE FROM policy WHERE number <> 'P2'")
    street.branch.plan()
    street.work()
    assert street.ends() == {("renewal", "sent", "sms"): 1}
    street.branch.now += timedelta(days=15)
    street.branch.plan()
    street.work()
    assert street.api.calls[TEMPLATE] == 1
    assert street.ends() == {("renewal", "sent", "sms"): 2}
