"""The core system against a fake one that listens on this machine: slow, broken, wrong, gone."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select, update

from bot.bootstrap import App
from bot.channels.core.breaker import Breaker
from bot.channels.core.client import CoreClient, CoreUnavailable, CoreWrong
from bot.dialogue.message import InboundMessage
from bot.settings import PolicySource
from storage.models.case import Ticket
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.personal import PolicySnapshot
from storage.unit_of_work import UnitOfWork

ROOT = Path(__file__).parents[3]
REF = "C1"
TOKEN = "a token of both sides"


def policy(**changed: Any) -> dict[str, Any]:
    """Return a policy as the core system writes it."""
    return {
        "number": "TATJ2026000001",
        "holder": REF,
        "line": "auto",
        "product": "机动车商业保险",
        "plate": "津TA1234",
        "starts_at": "2026-03-01T00:00:00+08:00",
        "ends_on": "2027-02-28",
        "status": "有效",
        "premium_fen": 328_050,
        "payment": "已缴清",
        "insured": "张三",
        "coverages": [{"name": "第三者责任保险", "limit_yuan": 2_000_000}],
    } | changed


@dataclass
class Core:
    """The fake: ``how`` it answers the next enquiries, and who asked."""

    how: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=lambda: [policy()])
    as_of: str = "2026-11-24T18:00:00+08:00"
    port: int = 0

    def answer(self, **changed: Any) -> bytes:
        """Return the whole answer."""
        whole = {"customer": REF, "as_of": self.as_of, "complete": True, "policies": self.policies}
        return json.dumps(whole | changed).encode()

    def settings(self, **changed: Any) -> PolicySource:
        """Return the configuration that leads here."""
        raw = {"kind": "http", "url": f"http://127.0.0.1:{self.port}/anda", "token": TOKEN}
        return PolicySource.model_validate(raw | {"timeout_s": 0.5} | changed)


class _Handler(BaseHTTPRequestHandler):
    core: Core

    def do_GET(self) -> None:
        core = self.core
        core.asked.append((self.path, self.headers["Authorization"]))
        how = core.how.pop(0) if core.how else "well"
        if how == "reset":
            self.close_connection = True
            return
        if how == "slow":
            time.sleep(0.8)
        if how == "drip":
            self._drip()
            return
        status = int(how) if how.isdigit() else 200
        self._send(status, self._body(how), cut=how == "truncated")

    def _body(self, how: str) -> bytes:
        core = self.core
        return {
            "garbage": b"<html>busy</html>",
            "other": core.answer(customer="C2"),
            "mixed": core.answer(policies=[policy(), policy(number="TATJ2", holder="C2")]),
            "part": core.answer(complete=False),
            "future": core.answer(as_of="2099-01-01T00:00:00+08:00"),
            "twice": core.answer(policies=[policy(), policy()]),
            "field": core.answer(policies=[policy(status="好的")]),
            "huge": b" " * 2_100_000,
        }.get(how, core.answer())

    def _send(self, status: int, body: bytes, *, cut: bool = False) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status in (301, 302):
                self.send_header("Location", "/anda/elsewhere")
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
            self.close_connection = cut
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            for byte in self.core.answer()[:40]:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def core() -> Iterator[Core]:
    """A core system on a free port."""
    state = Core()
    handler = type("Handler", (_Handler,), {"core": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)


def client(core: Core, **changed: Any) -> CoreClient:
    """Return a client of the fake."""
    return CoreClient(core.settings(**changed), lambda: NOW)


def test_a_whole_answer_is_taken(core: Core) -> None:
    """Asked with the token, by the reference of the customer; the date is the core's own."""
    told = client(core).policies_of("C1")
    assert core.asked == [("/anda/customers/C1/policies", f"Bearer {TOKEN}")]
    assert told.as_of.isoformat() == core.as_of
    assert [p.number for p in told.policies] == ["TATJ2026000001"]
    assert told.policies[0].details["insured"] == "张三"


def test_a_customer_unknown_there_has_no_policies(core: Core) -> None:
    """404 is an answer."""
    core.how = ["404"]
    assert client(core).policies_of(REF).policies == ()


@pytest.mark.parametrize("how", ["reset", "slow", "drip", "500", "503", "429", "truncated"])
def test_no_answer_in_time_is_no_answer(core: Core, how: str) -> None:
    """Within a bound, also when bytes come one by one; nothing of a part is used."""
    core.how = [how]
    begun = time.monotonic()
    with pytest.raises(CoreUnavailable):
        client(core).policies_of(REF)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "how",
    ["garbage", "other", "mixed", "part", "future", "twice", "field", "huge", "302", "401", "400"],
)
def test_a_wrong_answer_is_not_used(core: Core, how: str) -> None:
    """Garbage, somebody else's, mixed, incomplete: refused whole, and nothing personal is told."""
    core.how = [how]
    with pytest.raises(CoreWrong) as error:
        client(core).policies_of(REF)
    assert "张三" not in str(error.value)
    assert len(core.asked) == 1


def test_nobody_listening(core: Core) -> None:
    """A closed port is no answer either."""
    with pytest.raises(CoreUnavailable):
        client(core, url="http://127.0.0.1:9/anda").policies_of(REF)


def test_the_breaker_holds_back_and_tries_again() -> None:
    """Open after failures in a row; one trial after the rest; closed by an answer."""
    clock = [NOW]
    breaker = Breaker(2, timedelta(seconds=60), lambda: clock[0])
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock[0] += timedelta(seconds=61)
    assert breaker.allows()
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()


def test_a_dead_core_is_not_asked_by_every_customer(core: Core) -> None:
    """Five failures, then silence."""
    core.how = ["500"] * 9
    asker = client(core)
    for _ in range(9):
        with pytest.raises(CoreUnavailable):
            asker.policies_of(REF)
    assert len(core.asked) == 5


@dataclass
class Branch:
    """A customer who is verified, and the product around them with the core system attached."""

    app: App
    core: Core
    now: datetime = datetime(2026, 11, 25, 10, tzinfo=UTC)
    count: int = 0

    def say(self, text: str) -> list[str]:
        """Send a message and return what is said at once."""
        self.count += 1
        message = InboundMessage("webchat", "web", "peer", f"k{self.count}", self.now, text)
        return [r.text for r in asyncio.run(self._turn(message))]

    async def _turn(self, message: InboundMessage) -> Any:
        result = await self.app.inbox.result(message)
        assert result is not None
        return result.now

    def later(self, seconds: int = 0) -> list[str]:
        """Work off the outbox and return what the bot has said since the last message."""
        self.now += timedelta(seconds=seconds)
        asyncio.run(self._work_off())
        return self.app.transactions.read(self._said)

    async def _work_off(self) -> None:
        while await self.app.dispatcher.run_once():
            pass

    def _said(self, uow: UnitOfWork) -> list[str]:
        last = select(Message.seq).where(Message.author == "customer", Message.key.like("k%"))
        seq = max(uow.session.scalars(last))
        query = select(Message).where(Message.seq > seq, Message.author == "bot")
        found = uow.session.scalars(query.order_by(Message.seq)).all()
        return [str(m.body["text"]) for m in found if m.reply_to != seq]

    def rows(self, model: Any) -> list[Any]:
        """Return all rows of a table."""
        return self.app.transactions.read(lambda uow: list(uow.session.scalars(select(model))))


@pytest.fixture
def branch(make_app: Callable[[], App], core: Core) -> Branch:
    """The product with the core system as its source, and a verified customer."""
    app = make_app()
    app.settings = app.settings.model_copy(update={"policy_source": core.settings()})
    made = Branch(app, core)
    app.clock = lambda: made.now
    made.say("你好")

    def know(uow: UnitOfWork) -> None:
        blind = app.cipher.blind
        customer = Customer(
            ref=REF, kind="person", name="张三", id_number="1", id_blind=blind("1"),
            phone="13800000000", phone_blind=blind("13800000000"),
        )  # fmt: skip
        uow.session.add(customer)
        uow.session.flush()
        uow.session.execute(
            update(Conversation).values(
                customer_id=customer.id, verified_until=made.now + timedelta(days=9)
            )
        )

    app.transactions.run(know)
    return made


def test_the_answer_comes_after_the_turn_with_its_date(branch: Branch) -> None:
    """«正在查询» at once, the policies afterwards, and at once while they are fresh."""
    assert "正在向公司的保单系统查询" in branch.say("我保单到嘛时候")[0]
    assert branch.core.asked == []  # the turn itself asked nobody
    (answer,) = branch.later()
    assert "2027年2月28日" in answer
    assert "（以上截至 2026-11-24 18:00）" in answer
    assert "截至 2026-11-24 18:00" in branch.say("我保单到嘛时候")[0]
    assert len(branch.core.asked) == 1
    branch.now += timedelta(minutes=11)
    assert "正在向公司的保单系统查询" in branch.say("我保单到嘛时候")[0]


def test_asking_twice_makes_one_enquiry(branch: Branch) -> None:
    """An impatient customer does not double the load."""
    branch.say("我保单到嘛时候")
    branch.say("我保单到嘛时候")
    branch.later()
    assert len(branch.core.asked) == 1


def test_a_core_that_is_down_is_tried_again_then_apologised_for(branch: Branch) -> None:
    """Two more trials, then an apology and a ticket for staff; nothing is half known."""
    branch.core.how = ["500", "reset", "500"]
    branch.say("我保单到嘛时候")
    assert branch.later() == []
    assert branch.later(2) == []
    (answer,) = branch.later(5)
    assert "没能查到" in answer
    (ticket,) = branch.rows(Ticket)
    assert ticket.kind == "policy_lookup"
    assert ticket.number in answer
    assert branch.rows(PolicySnapshot) == []
    (item,) = [i for i in branch.rows(OutboxItem) if i.kind == "core_policies"]
    assert (item.status, "500" in item.reason) == ("undeliverable", True)


def test_somebody_elses_policies_are_never_shown(branch: Branch) -> None:
    """One wrong holder spoils the answer; the customer hears no number of it."""
    branch.core.how = ["mixed"]
    branch.say("我保单到嘛时候")
    (answer,) = branch.later()
    assert "没能查到" in answer
    assert "TATJ" not in answer
    assert branch.rows(PolicySnapshot) == []


def test_an_old_answer_is_better_than_none_and_says_so(branch: Branch) -> None:
    """Down an hour later: what was known is shown with its date, and no ticket is needed."""
    branch.say("我保单到嘛时候")
    branch.later()
    branch.now += timedelta(hours=1)
    branch.core.how = ["garbage"]
    branch.say("我保单到嘛时候")
    (answer,) = branch.later()
    assert "暂时连不上" in answer
    assert "截至 2026-11-24 18:00" in answer
    assert "2027年2月28日" in answer
    assert branch.rows(Ticket) == []
    branch.now += timedelta(hours=73)
    branch.core.how = ["garbage"]
    branch.say("我保单到嘛时候")
    assert "没能查到" in branch.later()[0]


def test_a_crash_after_storing_answers_once(branch: Branch) -> None:
    """The item is worked off again: the event has its key, so the answer is there once."""
    branch.say("我保单到嘛时候")
    first = branch.later()

    def again(uow: UnitOfWork) -> None:
        uow.session.execute(
            update(OutboxItem).where(OutboxItem.kind == "core_policies").values(status="due")
        )

    branch.app.transactions.run(again)
    assert branch.later() == first
    assert len(branch.core.asked) == 2


def test_the_description_fits_the_client(core: Core) -> None:
    """The example of the OpenAPI file is an answer that we take."""
    text = (ROOT / "docs" / "core-system.openapi.yaml").read_text(encoding="utf-8")
    paths = yaml.safe_load(text)["paths"]
    content = paths["/customers/{customer}/policies"]["get"]["responses"]["200"]["content"]
    example = content["application/json"]["example"]
    core.policies, core.as_of = example["policies"], example["as_of"]
    answer = core.answer(customer=example["customer"])
    told = client(core)._told(example["customer"], answer)
    assert told.policies[0].premium_fen == 328_050
