"""The official account's callback URL, as a bare ASGI application: the hot path."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog

from bot.channels.base import Answer, Inbox
from bot.channels.body import Disconnected, Message, Receive, TooLarge, TooSlow, read_body
from bot.channels.wechat.door import Door, Opened
from bot.channels.wechat.parse import Push, Unknown
from bot.channels.wechat.responses import (
    BAD_METHOD,
    BAD_REQUEST,
    FORBIDDEN,
    SUCCESS,
    TOO_LARGE,
    TOO_SLOW,
    UNAVAILABLE,
    Response,
    plain,
    xml,
)
from bot.channels.wechat.text import text_reply, texts
from bot.errors import BadRequest, Forbidden, Overloaded
from bot.settings import WeChat

Send = Callable[[Message], Awaitable[None]]

log = structlog.get_logger(__name__)

# The inbox keeps its own deadline; this only stops waiting when that one is broken.
_PATIENCE_S = 1.0
_LEAST_S = 0.2


class WeChatCallback:
    """Verifies, opens and parses pushes, hands them to the inbox, seals what it answers."""

    def __init__(self, settings: WeChat, inbox: Inbox, now: Callable[[], datetime]) -> None:
        self._door = Door(settings)
        self._inbox = inbox
        self._now = now
        self._deadline = settings.passive_deadline_s
        self._refusals = Refusals()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        response = await self._guarded(scope, receive)
        if response is None:
            return
        await send(response.start)
        await send(response.body)

    async def _guarded(self, scope: Message, receive: Receive) -> Response | None:
        """Return the response, whatever happens; None when nobody is listening any more."""
        try:
            return await self._respond(scope, receive)
        except Disconnected:
            return None
        except BadRequest as error:
            self._refusals.note(str(error), self._now().timestamp())
            return _refusal(error)
        except Exception:
            # The message may not be stored: 5xx makes the platform deliver it again.
            log.exception("wechat.failed")
            return UNAVAILABLE

    async def _respond(self, scope: Message, receive: Receive) -> Response:
        query = scope.get("query_string", b"")
        if scope["method"] == "GET":
            return plain(self._door.verify(query, self._now()))
        if scope["method"] != "POST":
            return BAD_METHOD
        started = asyncio.get_running_loop().time()
        now = self._now()
        admitted = self._door.admit(query, now)
        opened = self._door.open(admitted, await read_body(scope["headers"], receive), now)
        spent = asyncio.get_running_loop().time() - started
        return await self._deliver(opened, max(self._deadline - spent, _LEAST_S))

    async def _deliver(self, opened: Opened, within: float) -> Response:
        push = opened.push
        if isinstance(push, Unknown):
            log.info("wechat.unknown", kind=push.name)
            return SUCCESS
        answer = await self._answer(push, within)
        if answer is None or not push.answered:
            return SUCCESS
        return self._passive(opened, push, answer)

    async def _answer(self, push: Push, within: float) -> Answer | None:
        try:
            async with asyncio.timeout(within + _PATIENCE_S):
                return await self._inbox.handle(push.message, within=within)
        except Overloaded:
            log.warning("wechat.overloaded")
            return None

    def _passive(self, opened: Opened, push: Push, answer: Answer) -> Response:
        """Return the sealed reply; the turn is stored, so a fault in here is acknowledged."""
        try:
            parts = texts(answer.replies)
            if not parts:
                return SUCCESS
            now = self._now()
            reply = text_reply(push.message.peer, push.ours, parts[0], int(now.timestamp()))
            return xml(opened.seal(reply, now))
        except Exception:
            log.exception("wechat.reply_failed", message=push.message.key)
            return SUCCESS


class Refusals:
    """Logs why requests are refused, at most once a second: strangers can cause these lines."""

    def __init__(self) -> None:
        self._quiet_until = 0.0
        self._unlogged = 0

    def note(self, reason: str, at: float) -> None:
        """Log ``reason`` or count it for the next line."""
        if at < self._quiet_until <= at + 1:
            self._unlogged += 1
            return
        log.warning("wechat.refused", reason=reason, unlogged=self._unlogged)
        self._quiet_until, self._unlogged = at + 1, 0


def _refusal(error: BadRequest) -> Response:
    answers: dict[type[Any], Response] = {
        Forbidden: FORBIDDEN,
        TooLarge: TOO_LARGE,
        TooSlow: TOO_SLOW,
    }
    return answers.get(type(error), BAD_REQUEST)
