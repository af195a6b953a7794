"""A fake platform, a store of tokens, and the product in between."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.channels.wechat.client import WeChatApi
from bot.channels.wechat.media import WeChatMedia
from bot.channels.wechat.sender import WeChatSender
from bot.dialogue.message import Attachment, Kind
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import NOW, OPENID
from tests.bot.channels.wechat.fake_api import FakeApi

SEND = "/cgi-bin/message/custom/send"


TOKEN = "/cgi-bin/stable_token"


TEXT = {"type": "text", "text": "您好"}


@dataclass
class FakeStore:
    """A TokenStore as processes share it."""

    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    leased_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, account: str) -> tuple[str, float] | None:
        """Return what was written last."""
        return self.tokens.get(account)

    def refresh_lease(self, account: str, seconds: float) -> bool:
        """Grant one lease at a time."""
        with self.lock:
            if time.monotonic() < self.leased_until:
                return False
            self.leased_until = time.monotonic() + seconds
            return True

    def write(self, account: str, token: str, expires_at: float) -> None:
        """Keep the token and end the lease."""
        with self.lock:
            self.tokens[account] = (token, expires_at)
            self.leased_until = 0.0


@dataclass
class World:
    """The platform, the shared store and one process of ours."""

    api: FakeApi
    store: FakeStore = field(default_factory=FakeStore)
    now: datetime = NOW
    clients: list[WeChatApi] = field(default_factory=list)

    def client(self, **changes: Any) -> WeChatApi:
        """Return another process's client."""
        values = {"api_base_url": self.api.url, "api_timeout_s": 0.8} | changes
        client = WeChatApi(platform.settings(**values), self.store, lambda: self.now)
        self.clients.append(client)
        return client

    def send(self, body: dict[str, Any] | None = None, client: WeChatApi | None = None) -> str:
        """Send one outbox message."""
        sender = WeChatSender(client or self.client(), threads=1)
        try:
            return asyncio.run(sender.send("wx0123456789abcdef", OPENID, body or TEXT))
        finally:
            sender.close()

    def fetch(self, kind: Kind, ref: str, max_bytes: int = 100_000) -> tuple[bytes, str]:
        """Fetch one attachment."""
        media = WeChatMedia(self.client(), max_bytes, threads=1)
        try:
            return asyncio.run(media.fetch(Attachment(kind, ref)))
        finally:
            media.close()
