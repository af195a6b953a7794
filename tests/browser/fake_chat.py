"""A small ChatService in memory, and the web chat served by a real uvicorn on a free port."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot import clock
from bot.channels.webchat.app import webchat_app, webchat_routes
from bot.channels.webchat.ports import (
    Author,
    ChatEvent,
    ChatTurn,
    MediaRefused,
    PageInfo,
    media_url,
)
from bot.dialogue.message import Attachment, InboundMessage, Reply

PAGE = PageInfo(
    branch="天安保险天津分公司",
    hotline="95505",
    demo=True,
    hours="周一至周五 9:00—17:30",
    address="天津市河西区（演示地址）",
    questions=("交强险赔多少？", "保单什么时候到期？", "理赔要哪些材料？"),
)
SCRIPT = {
    "我要报案": Reply(
        "请先确认安全：现场有人受伤吗？如有人受伤请先拨打 120，交通事故报警 122。",
        ("有人受伤", "没有人受伤", "转人工"),
    ),
    "没有人受伤": Reply("好的，没有人受伤就好。请问事故发生在什么时间、什么地点？"),
    "链接": Reply(
        "详见 https://example.org/a?b=1，热线95505，手机13800001111；免赔 120 元。<b>不是粗体</b>"
    ),
}


@dataclass
class FakeChat:
    """Answers from SCRIPT, else repeats what was said; keeps everything in lists."""

    delay: float = 0.0
    crash: Exception | None = None
    received: list[InboundMessage] = field(default_factory=list)
    _events: dict[str, list[ChatEvent]] = field(default_factory=lambda: defaultdict(list))
    _turns: dict[tuple[str, str], ChatTurn] = field(default_factory=dict)
    _files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _news: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    _locks: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    loop: asyncio.AbstractEventLoop | None = None

    async def receive(self, message: InboundMessage) -> ChatTurn:
        """Answer once per key."""
        self.received.append(message)
        if self.crash:
            raise self.crash
        async with self._locks[message.peer]:
            return self._turns.get((message.peer, message.key)) or await self._answer(message)

    async def _answer(self, message: InboundMessage) -> ChatTurn:
        await asyncio.sleep(self.delay)
        reply = SCRIPT.get(message.text) or Reply(f"收到：{message.text or message.kind}")
        asked = self._tell(message.peer, "customer", self._body(message), message.key)
        said = self._tell(message.peer, "bot", reply.to_json())
        turn = ChatTurn((reply,), {"flow": None, "owner": "bot"}, (asked, said))
        self._turns[message.peer, message.key] = turn
        return turn

    async def save_media(self, peer: str, name: str, data: bytes) -> Attachment:
        """Keep JPEG and PNG, refuse the rest."""
        if not data.startswith((b"\xff\xd8", b"\x89PNG")):
            raise MediaRefused("只能发送 JPG 或 PNG 格式的照片。")
        kept = hashlib.sha256(data).hexdigest()[:16] + ".png"
        self._files[peer, kept] = data
        return Attachment("image", kept, stored=True, name=name)

    async def media(self, peer: str, name: str) -> tuple[bytes, str] | None:
        """Return a kept file; one name is there to pretend a dangerous type."""
        if name == "evil.svg":
            return b"<svg/>", "image/svg+xml"
        data = self._files.get((peer, name))
        return (data, "image/png") if data else None

    async def events_after(self, peer: str, last: int, limit: int) -> list[ChatEvent]:
        """Return what was said after ``last``."""
        return [event for event in self._events[peer] if event.seq > last][:limit]

    async def wait_for_news(self, peer: str, seconds: float) -> None:
        """Wait for the next event."""
        try:
            async with asyncio.timeout(seconds):
                await self._news[peer].wait()
        except TimeoutError:
            return

    def push(
        self, peer: str, author: Author, body: dict[str, Any], ago: timedelta = timedelta()
    ) -> None:
        """Say something from outside the server's thread, as an agent would."""
        assert self.loop
        done = threading.Event()
        at = clock.now() - ago

        def tell() -> None:
            self._tell(peer, author, body, at=at)
            done.set()

        self.loop.call_soon_threadsafe(tell)
        assert done.wait(5)

    def said(self, peer: str, author: Author = "customer") -> list[str]:
        """Return the texts of one side."""
        return [event.body["text"] for event in self._events[peer] if event.author == author]

    def _tell(
        self,
        peer: str,
        author: Author,
        body: dict[str, Any],
        client_id: str = "",
        at: datetime | None = None,
    ) -> int:
        events = self._events[peer]
        seq = events[-1].seq + 2 if events else 1  # gaps are allowed, so have some
        events.append(ChatEvent(seq, author, body, at or clock.now(), client_id))
        self._news.pop(peer, asyncio.Event()).set()
        return seq

    def _body(self, message: InboundMessage) -> dict[str, Any]:
        if message.attachment:
            url = media_url(message.peer, message.attachment.ref)
            return {"type": "image", "url": url, "text": message.text}
        if place := message.location:
            return {"type": "location", "lat": place.lat, "lon": place.lon, "label": place.label}
        return {"type": "text", "text": message.text}


class Server(uvicorn.Server):
    """uvicorn in a thread."""

    def install_signal_handlers(self) -> None:
        """Leave the signals to pytest."""

    @property
    def address(self) -> str:
        """Return the base URL."""
        return f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"


@contextmanager
def serving(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve ``app`` while the block runs and yield its address."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "uvicorn did not start"
        time.sleep(0.01)
    try:
        yield server.address
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def chat_application(chat: FakeChat, page: PageInfo = PAGE) -> ASGIApp:
    """Return the web chat inside a larger application, as the product hangs it in."""
    outer = Starlette(routes=[*webchat_routes(webchat_app(chat, page))])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        chat.loop = asyncio.get_running_loop()
        await outer(scope, receive, send)

    return app
