"""A tiny ASGI client and the fakes at the border of the callback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bot.channels.base import Answer
from bot.channels.wechat.app import WeChatCallback
from bot.clock import SHANGHAI
from bot.dialogue.message import InboundMessage, Reply
from bot.settings import WeChat
from tests.bot.channels.wechat import platform

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)
AT = int(NOW.timestamp())
OPENID = "oABCD1234_efgh-5678ijklmnopq"

Event = MutableMapping[str, Any]


@dataclass
class Result:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class FakeInbox:
    """Answers every message with ``replies`` and keeps what came in."""

    replies: tuple[Reply, ...] = (Reply("您好"),)
    error: Exception | None = None
    late: bool = False
    delay: float = 0.0
    messages: list[InboundMessage] = field(default_factory=list)
    within: list[float | None] = field(default_factory=list)

    async def handle(self, message: InboundMessage, within: float | None = None) -> Answer | None:
        """Take the message as the engine does."""
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.error:
            raise self.error
        self.messages.append(message)
        self.within.append(within)
        return None if self.late else Answer(self.replies)


def encoded(query: dict[str, str] | str) -> bytes:
    """Return a query string."""
    return (query if isinstance(query, str) else urlencode(query)).encode()


def one_piece(body: bytes) -> Callable[[], Awaitable[Event]]:
    """Return a receive callable that gives the whole body at once."""

    async def receive() -> Event:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def request(
    app: WeChatCallback,
    query: dict[str, str] | str,
    body: bytes = b"",
    *,
    method: str = "POST",
    headers: list[tuple[bytes, bytes]] | None = None,
    receive: Callable[[], Awaitable[Event]] | None = None,
) -> Result:
    """Send one request and return the response; status 0 when there is none."""
    result = Result()

    async def send(event: Event) -> None:
        if event["type"] == "http.response.start":
            result.status = event["status"]
            result.headers = {k.decode(): v.decode() for k, v in event["headers"]}
        else:
            result.body += event["body"]

    length = [(b"content-length", str(len(body)).encode())]
    scope: Event = {
        "type": "http",
        "method": method,
        "path": "/wechat/callback",
        "query_string": encoded(query),
        "headers": length if headers is None else headers,
    }
    await app(scope, receive or one_piece(body), send)
    return result


@dataclass
class Account:
    """An official account with its callback, in one mode."""

    settings: WeChat = field(default_factory=platform.settings)
    inbox: FakeInbox = field(default_factory=FakeInbox)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.app = WeChatCallback(self.settings, self.inbox, lambda: self.now)

    def request(self, *args: Any, **kwargs: Any) -> Result:
        """Send one request as it is."""
        return asyncio.run(request(self.app, *args, **kwargs))

    def push(self, xml: str, at: int = AT) -> Result:
        """Deliver ``xml`` as the platform does."""
        return self.request(*platform.push(self.settings, xml, at))

    def say(self, text: str, msg_id: int | str = 1) -> Result:
        """Deliver a text message."""
        return self.push(platform.text_xml(OPENID, text, msg_id, AT))

    @property
    def message(self) -> InboundMessage:
        """Return the only message that came in."""
        (message,) = self.inbox.messages
        return message
