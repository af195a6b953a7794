"""The few responses that the callback gives, as ready ASGI messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Response:
    """The two ASGI messages of a response."""

    start: dict[str, Any]
    body: dict[str, Any]


def _response(
    status: int, content: bytes, content_type: bytes, *more: tuple[bytes, bytes]
) -> Response:
    headers = [
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(content)),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    return Response(
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": content},
    )


def plain(text: str) -> Response:
    """Return ``text`` exactly; never as HTML, because callers choose it."""
    return _response(200, text.encode(), b"text/plain; charset=utf-8")


def xml(text: str) -> Response:
    """Return a passive reply."""
    return _response(200, text.encode(), b"text/xml; charset=utf-8")


def _short(status: int, text: bytes, *more: tuple[bytes, bytes]) -> Response:
    return _response(status, text, b"text/plain; charset=utf-8", *more)


# The connection of a body that was not read to its end cannot be used again.
_CLOSE = (b"connection", b"close")

SUCCESS = plain("success")
BAD_REQUEST = _short(400, b"bad request", _CLOSE)
FORBIDDEN = _short(403, b"forbidden", _CLOSE)
BAD_METHOD = _short(405, b"method not allowed", (b"allow", b"GET, POST"), _CLOSE)
TOO_SLOW = _short(408, b"too slow", _CLOSE)
TOO_LARGE = _short(413, b"too large", _CLOSE)
UNAVAILABLE = _short(503, b"")
