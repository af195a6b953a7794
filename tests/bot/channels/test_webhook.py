"""Webhooks against a receiver that listens on this machine: signed, again, in order, once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.channels.webhook import WebhookSender, pause, signature
from bot.errors import ConfigurationError
from bot.outbox import Dispatcher
from bot.settings import load
from storage import schema
from storage.database import open_engine
from tests.storage.claims_kit import SECRET, Desk, desk_on

KEY = "a secret of both sides"


@dataclass
class Receiver:
    """Another system: answers as told, and keeps what it got."""

    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    silent: int = 0
    port: int = 0

    def events(self) -> list[dict[str, Any]]:
        """Return the bodies of all deliveries."""
        return [json.loads(body) for _, body in self.got]

    def known(self) -> list[dict[str, Any]]:
        """Return the events as a receiver keeps them: each id once."""
        return list({event["id"]: event for event in self.events()}.values())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real HTTP server on a free port."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append((dict(self.headers.items()), body))
            if state.silent:
                # It took the event and its answer is lost.
                state.silent -= 1
                self.close_connection = True
                return
            self.send_response(state.statuses.pop(0) if state.statuses else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A fresh SQLite database."""
    made = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET)
    schema.upgrade(made)
    yield made
    made.dispose()


def desk_for(engine: Engine, port: int, *events: str) -> Desk:
    """Return a desk whose changes are told to the receiver."""
    hook = {
        "name": "core",
        "url": f"http://127.0.0.1:{port}/hooks",
        "secret": KEY,
        "events": events or ("*",),
    }
    return desk_on(engine, webhooks=[hook])


def deliver(desk: Desk, now: datetime) -> None:
    """Work off what is due at a time."""
    sender = WebhookSender({hook.name: hook for hook in desk.settings.webhooks}, lambda: now)
    dispatcher = Dispatcher(desk.ways, {("webhook", "webhook"): sender}, lambda: now)

    async def work() -> None:
        while await dispatcher.run_once():
            pass

    asyncio.run(work())


def statuses(desk: Desk) -> list[str]:
    """Return how the deliveries stand."""
    return [item.status for item in desk.outbox("webhook")]


def test_events_come_signed_and_in_order(engine: Engine, receiver: Receiver) -> None:
    """The receiver works the signature out from secret, time and body."""
    desk = desk_for(engine, receiver.port)
    number = desk.open()
    desk.move(number, "contacted")
    deliver(desk, desk.now)
    assert [event["type"] for event in receiver.events()] == [
        "claim.opened", "claim.status_changed",
    ]  # fmt: skip
    headers, body = receiver.got[1]
    expected = hmac.new(
        KEY.encode(), headers["X-AnDa-Timestamp"].encode() + b"." + body, hashlib.sha256
    ).hexdigest()
    assert headers["X-AnDa-Signature"] == f"v1={expected}"
    assert headers["X-AnDa-Timestamp"] == str(int(desk.now.timestamp()))
    event = json.loads(body)
    assert headers["X-AnDa-Event-Id"] == event["id"]
    assert event["claim"] == number
    assert event["data"] == {"line": "auto", "status": "contacted", "status_label": "已联系"}
    assert statuses(desk) == ["sent", "sent"]
    desk.ways.close()


@pytest.mark.parametrize("broken", [500, 503, 429, "silence"])
def test_a_failed_delivery_is_tried_again(
    engine: Engine, receiver: Receiver, broken: int | str
) -> None:
    """Also when only the answer was lost: at least once, and the id is the same."""
    desk = desk_for(engine, receiver.port)
    if isinstance(broken, int):
        receiver.statuses = [broken]
    else:
        receiver.silent = 1
    desk.open()
    deliver(desk, desk.now)
    assert statuses(desk) == ["due"]
    deliver(desk, desk.now + timedelta(seconds=9))
    assert len(receiver.got) == 1
    deliver(desk, desk.now + timedelta(seconds=10))
    assert len(receiver.got) == 2
    assert statuses(desk) == ["sent"]
    assert len(receiver.known()) == 1
    desk.ways.close()


def test_a_receiver_that_is_down_gets_all_of_it_later(engine: Engine, receiver: Receiver) -> None:
    """Nothing listens for a while; then everything comes, a claim's events in order."""
    up, receiver.port = receiver.port, 9
    desk = desk_for(engine, 9)
    number = desk.open()
    desk.move(number, "contacted")
    other = desk.open(plate="津B12345")
    deliver(desk, desk.now)
    assert receiver.got == []
    back = desk_for(engine, up)
    deliver(back, desk.now + timedelta(minutes=1))
    deliver(back, desk.now + timedelta(minutes=2))
    told = [(event["claim"], event["type"]) for event in receiver.known()]
    assert [kind for claim, kind in told if claim == number] == [
        "claim.opened", "claim.status_changed",
    ]  # fmt: skip
    assert (other, "claim.opened") in told
    desk.ways.close()
    back.ways.close()


def test_a_refusal_is_final_and_seen(engine: Engine, receiver: Receiver) -> None:
    """A 4xx will not get better by repeating; staff read why."""
    desk = desk_for(engine, receiver.port)
    receiver.statuses = [410]
    desk.open()
    deliver(desk, desk.now)
    item = desk.outbox("webhook")[0]
    assert (item.status, item.reason) == ("failed", "webhook core 拒绝：410")
    desk.ways.close()


def test_it_gives_up_after_eight_attempts(engine: Engine, receiver: Receiver) -> None:
    """With growing pauses over hours; then it is marked, not forgotten."""
    desk = desk_for(engine, receiver.port)
    receiver.statuses = [500] * 20
    desk.open()
    now = desk.now
    for _ in range(10):
        deliver(desk, now)
        now += timedelta(hours=7)
    assert len(receiver.got) == 8
    assert statuses(desk) == ["failed"]
    desk.ways.close()


def test_only_what_was_asked_for_is_told(engine: Engine, receiver: Receiver) -> None:
    """A webhook names its events, whole or by their beginning."""
    desk = desk_for(engine, receiver.port, "claim.status*")
    number = desk.open()
    desk.amend(number, place="和平区")
    desk.move(number, "contacted")
    deliver(desk, desk.now)
    assert [event["type"] for event in receiver.events()] == ["claim.status_changed"]
    desk.ways.close()


def test_pauses_grow() -> None:
    """10 s, 40 s, … never more than six hours."""
    assert [pause(n).total_seconds() for n in (1, 2, 3)] == [10, 40, 160]
    assert pause(20) == timedelta(hours=6)


def test_the_signature_is_a_known_one() -> None:
    """Worked out once with another program: openssl dgst -sha256 -hmac."""
    found = signature("0123456789abcdef", "1764036000", b'{"a":1}')
    assert found == "d13c769d3255f1c14fc34e6d3df9ca4fc05a06f0981c669f60a593422443096e"


@pytest.mark.parametrize(
    ("hooks", "words"),
    [
        ([{"name": "a", "url": "http://x", "secret": "short"}], "16"),
        ([{"name": "a b", "url": "http://x", "secret": KEY}], "name"),
        ([{"name": "a", "url": "ftp://x", "secret": KEY}], "url"),
        ([{"name": "a", "url": "http://x", "secret": KEY}] * 2, "重复"),
    ],
)
def test_a_wrong_webhook_stops_the_start(hooks: list[dict[str, str]], words: str) -> None:
    """The key and the remedy are named."""
    with pytest.raises(ConfigurationError, match=words):
        load(webhooks=hooks)
