"""Reads a request body within limits of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from bot.errors import BadRequest

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Headers = Iterable[tuple[bytes, bytes]]

MAX_BODY = 1 << 20
READ_TIMEOUT_S = 2.0


class TooLarge(BadRequest):
    """The body is over the limit: answer 413."""


class TooSlow(BadRequest):
    """The body did not come in time: answer 408."""


class Disconnected(BadRequest):
    """The client went away: there is nobody to answer."""


async def read_body(headers: Headers, receive: Receive, timeout_s: float = READ_TIMEOUT_S) -> bytes:
    """Return the whole body; raise a BadRequest when it is too long, too slow or miscounted."""
    announced = _announced(headers)
    try:
        async with asyncio.timeout(timeout_s):
            body = await _collected(receive)
    except TimeoutError:
        raise TooSlow("body came too slowly") from None
    if announced is not None and announced != len(body):
        raise BadRequest("Content-Length does not fit")
    return body


async def _collected(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected("client went away")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            raise TooLarge("body too large")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if len(chunks) > 1 else chunk


def _announced(headers: Headers) -> int | None:
    """Return the announced length; refuse compressed bodies, which could grow without bound."""
    lengths = set()
    for name, value in headers:
        if name == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}:
            raise BadRequest("body is compressed")
        if name == b"content-length":
            lengths.add(value)
    if not lengths:
        return None
    length = lengths.pop()
    if lengths or not length.isdigit() or len(length) > 12:
        raise BadRequest("Content-Length malformed")
    if int(length) > MAX_BODY:
        raise TooLarge("body too large")
    return int(length)
