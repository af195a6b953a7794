"""Hands outbox messages to the platform as customer-service messages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from bot.channels.wechat.api_errors import CallRefusedError
from bot.channels.wechat.client import THREADS, WeChatApi
from bot.channels.wechat.text import texts
from bot.dialogue.message import Card, Reply
from bot.errors import DeliveryError, OutcomeUnknown, Unreachable

log = structlog.get_logger(__name__)
_ENDPOINT = "message/custom/send"


class WeChatSender:
    """Sender of the ``wechat`` channel; its threads keep requests off the event loop."""

    def __init__(self, api: WeChatApi, threads: int = THREADS) -> None:
        self._api = api
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="wechat-send")

    async def send(self, account: str, peer: str, body: Mapping[str, Any]) -> str:
        """Deliver ``body`` and return the message id, which this API leaves empty."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._send, account, peer, dict(body))

    def close(self) -> None:
        """Stop taking messages and let the threads finish."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _send(self, account: str, peer: str, body: dict[str, Any]) -> str:
        if account != self._api.appid:
            raise DeliveryError(f"no such WeChat account: {account}")
        for card in body.get("cards") or ():
            return self._send_card(peer, Card(**card), body)
        return self._send_texts(peer, body)

    def _send_card(self, peer: str, card: Card, body: dict[str, Any]) -> str:
        """Send an article with its picture; where that is refused, the words with the link."""
        article = {
            "title": card.title,
            "description": card.text,
            "url": card.url,
            "picurl": card.picture,
        }
        message = {"touser": peer, "msgtype": "news", "news": {"articles": [article]}}
        try:
            result = self._api.post(_ENDPOINT, data=message)
        except CallRefusedError as error:
            log.warning("wechat.card_refused", code=error.code)
            return self._send_texts(peer, body)
        return str(result.get("msgid", ""))

    def _send_texts(self, peer: str, body: dict[str, Any]) -> str:
        parts = _texts(body)
        sent = ""
        for number, part in enumerate(parts, start=1):
            sent = self._send_part(peer, part, number, len(parts))
        return sent

    def _send_part(self, peer: str, part: str, number: int, count: int) -> str:
        message = {"touser": peer, "msgtype": "text", "text": {"content": part}}
        try:
            result = self._api.post(_ENDPOINT, data=message)
        except Unreachable:
            raise
        except DeliveryError as error:
            if number == 1:
                raise
            # The parts before have arrived: sending the whole again would repeat them.
            raise OutcomeUnknown(f"part {number} of {count} failed: {error}") from None
        return str(result.get("msgid", ""))


def _texts(body: dict[str, Any]) -> list[str]:
    if body.get("type") != "text":
        raise DeliveryError(f"cannot send a message of type {body.get('type')!r}")
    parts = texts([Reply.from_json(body)])
    if not parts:
        raise DeliveryError("cannot send a blank message")
    return parts
