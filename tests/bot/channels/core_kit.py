"""A fake core system that listens on this machine, and a customer whose policies are there."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import select, update

from bot.bootstrap import App
from bot.dialogue.message import InboundMessage
from bot.settings import PolicySource
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.unit_of_work import UnitOfWork

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
    """The fake: ``how`` it answers the next enquiries, and who asked.

    ``others`` are the policies of further customers, by their references.
    """

    how: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=lambda: [policy()])
    others: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    as_of: str = "2026-11-24T18:00:00+08:00"
    port: int = 0

    def answer(self, **changed: Any) -> bytes:
        """Return the whole answer."""
        whole = {"customer": REF, "as_of": self.as_of, "complete": True, "policies": self.policies}
        return json.dumps(whole | changed).encode()

    def settings(self, **changed: Any) -> PolicySource:
        """Return the configuration that leads here."""
        raw = {"kind": "http", "url": f"http://127.0.0.1:{self.port}/anda", "token": TOKEN}
        return PolicySource.model_validate(raw | {"timeout_s": 1.0} | changed)


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
            time.sleep(1.3)
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
        }.get(how, self._well())

    def _well(self) -> bytes:
        ref = self.path.split("/")[-2]
        if ref not in self.core.others:
            return self.core.answer()
        return self.core.answer(customer=ref, policies=self.core.others[ref])

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
                time.sleep(0.06)
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Core]:
    """Run a core system on a free port."""
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


def settled(app: App, core: Core) -> Branch:
    """Return the product with the core system as its source, and a verified customer."""
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
