"""How a request is turned down: a status and one Chinese sentence, never a stack trace."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.webchat.headers import SECURITY_HEADERS
from bot.channels.webchat.sentences import sentence, sentence_for_status
from bot.errors import BadRequest


class Refusal(BadRequest):
    """Ends a request with this status and sentence."""

    def __init__(self, status: int, reason: str, retry_after: int = 0) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


def because(status: int, name: str, retry_after: int = 0) -> Refusal:
    """Return the refusal that says the sentence called ``name``."""
    return Refusal(status, sentence(name), retry_after)


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON that no cache keeps: it is somebody's conversation."""
    kept = {"Cache-Control": "no-store"} | (headers or {})
    return Response(orjson.dumps(body), status, kept, "application/json")


async def on_refusal(_request: Request, error: Exception) -> Response:
    """Answer a refusal of our own."""
    assert isinstance(error, Refusal)
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return json_response({"error": error.reason}, error.status, headers)


async def on_http_error(_request: Request, error: Exception) -> Response:
    """Answer what the router refused (no such page, wrong method) in Chinese."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    return json_response(
        {"error": sentence_for_status(error.status_code)}, error.status_code, headers
    )


async def on_crash(_request: Request, _error: Exception) -> Response:
    """Apologise for a fault of ours. Starlette raises it again, so that the server logs it."""
    return json_response({"error": sentence_for_status(503)}, 503, SECURITY_HEADERS)


async def on_overload(_request: Request, _error: Exception) -> Response:
    """Ask to try again: the page does so by itself."""
    return json_response({"error": sentence_for_status(503)}, 503, {"Retry-After": "2"})
