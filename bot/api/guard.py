"""What no resource should ever have to look at: oversized, malformed or poisoned requests."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.problems import Problem

_MAX_BODY = 64 * 1024
_MAX_QUERY = 4 * 1024
_MAX_DEPTH = 16
_WITH_BODY = ("POST", "PUT", "PATCH")


class Guard:
    """ASGI middleware that lets only small, valid JSON and clean addresses through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read and check the request, then pass it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            check_address(str(scope["path"]), bytes(scope.get("query_string", b"")))
            if scope["method"] in _WITH_BODY:
                body = await _read(receive)
                check_body(body, Headers(scope=scope).get("content-type", ""))
                receive = _replay(body, receive)
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        await self.app(scope, receive, send)


def check_address(path: str, query: bytes) -> None:
    """Refuse characters that no database takes."""
    if len(query) > _MAX_QUERY:
        raise Problem("bad_request", "地址里的参数太长。")
    try:
        path.encode()
    except UnicodeEncodeError:
        raise Problem("bad_request", "地址里有无效的字符。") from None
    if "\0" in path or b"\0" in query or b"%00" in query:
        raise Problem("bad_request", "地址里不能有空字符（NUL）。")


async def _read(receive: Receive) -> bytes:
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("bad_request", "请求没有发完。")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > _MAX_BODY:
            raise Problem("too_large", f"请求体不能超过 {_MAX_BODY // 1024} KB。")
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def check_body(body: bytes, content_type: str) -> None:
    """Refuse what is not JSON by name and by nature; an empty body is for the resource."""
    if not body:
        return
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem("media_type", "请用 Content-Type: application/json 提交。")
    try:
        # Stricter than the standard library: no lone surrogates, NaN or broken UTF-8.
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Problem("json_invalid") from None
    _check_value(value)


def _check_value(value: Any) -> None:
    layer = [value]
    for _ in range(_MAX_DEPTH):
        if not layer:
            return
        layer = [child for item in layer for child in _children(item)]
    raise Problem("json_invalid", f"JSON 嵌套不能超过 {_MAX_DEPTH} 层。")


def _children(item: Any) -> list[Any]:
    if isinstance(item, str) and "\0" in item:
        raise Problem("json_invalid", "文字里不能有空字符（NUL）。")
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    return item if isinstance(item, list) else []


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives the body once more, then what really comes."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
