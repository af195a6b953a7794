"""Tell other systems what happened: signed JSON, at least once, in order for each claim.

The signature is HMAC-SHA256 over ``timestamp.body`` with the secret of the webhook. An answer
that is lost counts as not delivered: the event comes again with the same id, and the receiver
drops what it knows.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson
import requests

from bot.errors import DeliveryError, RetryLater, Unreachable
from bot.settings import Webhook
from storage.outbox import Leased

_TIMEOUT_S = 5.0
_FIRST_PAUSE = timedelta(seconds=10)
_FACTOR = 4
_LONGEST_PAUSE = timedelta(hours=6)
_AGAIN: Final = (408, 425, 429)


@dataclass(frozen=True)
class WebhookSender:
    """Delivers outbox items of kind webhook; ``account`` names the webhook."""

    hooks: Mapping[str, Webhook]
    clock: Callable[[], datetime]

    async def __call__(self, item: Leased) -> str:
        """Post the event; raise RetryLater unless it was taken, Unreachable when nobody listens."""
        hook = self.hooks.get(item.account)
        if hook is None:
            raise Unreachable(f"配置里已没有 webhook {item.account}")
        return await asyncio.to_thread(self._post, hook, item)

    def _post(self, hook: Webhook, item: Leased) -> str:
        body = orjson.dumps(dict(item.body))
        headers = self._headers(hook, item, body)
        try:
            response = requests.post(
                hook.url, data=body, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False
            )
        except requests.RequestException:
            raise RetryLater(f"webhook {hook.name} 没有回应", pause(item.attempts)) from None
        if response.status_code >= 500 or response.status_code in _AGAIN:
            reason = f"webhook {hook.name} 返回 {response.status_code}"
            raise RetryLater(reason, pause(item.attempts))
        if not response.ok or response.is_redirect:
            raise DeliveryError(f"webhook {hook.name} 拒绝：{response.status_code}")
        return ""

    def _headers(self, hook: Webhook, item: Leased, body: bytes) -> dict[str, str]:
        at = str(int(self.clock().timestamp()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "AnDa-Webhook/1",
            "X-AnDa-Event": str(item.body.get("type", "")),
            "X-AnDa-Event-Id": str(item.body.get("id", "")),
            "X-AnDa-Timestamp": at,
            "X-AnDa-Signature": f"v1={signature(hook.secret.get_secret_value(), at, body)}",
        }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a delivery, as the receiver works it out too."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 10 s, 40 s, … at most 6 h."""
    factor: int = _FACTOR ** max(0, attempts - 1)
    return min(_FIRST_PAUSE * factor, _LONGEST_PAUSE)
