"""Short messages: appended to a file in demo mode, or posted to an HTTP gateway."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import requests

from bot.errors import DeliveryError, OutcomeUnknown, RetryLater

_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class FileSms:
    """Appends {"to", "text", "at"} lines to ``var/sms.jsonl``; nothing leaves the machine."""

    path: Path
    clock: Callable[[], datetime]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def send(self, account: str, peer: str, body: Mapping[str, Any]) -> str:
        """Write the message down."""
        line = {"to": body.get("to", peer), "text": body["text"], "at": self.clock().isoformat()}
        await asyncio.to_thread(self._append, orjson.dumps(line) + b"\n")
        return ""

    def _append(self, line: bytes) -> None:
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(line)


@dataclass(frozen=True)
class HttpSms:
    """Posts {"to", "text"} as JSON with a bearer token; any 2xx means accepted."""

    url: str
    token: str

    async def send(self, account: str, peer: str, body: Mapping[str, Any]) -> str:
        """Hand the message to the gateway."""
        return await asyncio.to_thread(
            self._post, {"to": body.get("to", peer), "text": body["text"]}
        )

    def _post(self, message: dict[str, Any]) -> str:
        try:
            response = requests.post(
                self.url,
                json=message,
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=_TIMEOUT_S,
            )
        except requests.ConnectionError as error:
            raise RetryLater("短信网关连接失败", timedelta(seconds=30)) from error
        except requests.RequestException as error:
            raise OutcomeUnknown("短信网关没有回应") from error
        if response.status_code >= 500:
            raise RetryLater(f"短信网关返回 {response.status_code}", timedelta(seconds=30))
        if not response.ok:
            raise DeliveryError(f"短信网关拒绝：{response.status_code}")
        return ""
