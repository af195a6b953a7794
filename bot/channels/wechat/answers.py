"""Reads API answers: bounded in size and time, and only what is a JSON object."""

from __future__ import annotations

import json
import time
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from bot.errors import DeliveryError, OutcomeUnknown

_CHUNK = 65536


class TooMuchError(DeliveryError):
    """The answer is over the limit of its caller."""


def read_all(response: requests.Response, limit: int, within_s: float) -> bytes:
    """Return the body; raise OutcomeUnknown when it breaks off or drips, or TooMuchError."""
    deadline = time.monotonic() + within_s
    chunks: list[bytes] = []
    size = 0
    while chunk := _next(response):
        size += len(chunk)
        if size > limit:
            raise TooMuchError(f"answer over {limit} bytes")
        if time.monotonic() > deadline:
            raise OutcomeUnknown("answer came too slowly")
        chunks.append(chunk)
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and "Content-Encoding" not in response.headers and size < int(announced):
        raise OutcomeUnknown("answer was cut short")
    return b"".join(chunks)


def _next(response: requests.Response) -> bytes:
    try:
        # read1 returns what is there: a dripping server cannot hold us beyond the deadline.
        data: bytes = response.raw.read1(_CHUNK, decode_content=True)
    except (HTTPError, OSError) as error:
        name = type(error).__name__
    else:
        return data
    raise OutcomeUnknown(f"answer broke off: {name}")


def decoded(content: bytes) -> dict[str, Any]:
    """Return the JSON object in ``content``; anything else leaves the outcome unknown."""
    try:
        result = json.loads(content.decode("utf-8", "ignore"), strict=False)
    except (ValueError, RecursionError):
        result = None
    if not isinstance(result, dict):
        raise OutcomeUnknown("answer is not a JSON object")
    return result


def code_of(result: dict[str, Any]) -> int:
    """Return ``errcode``, 0 when absent; raise OutcomeUnknown when it is no number."""
    try:
        return int(result.get("errcode") or 0)
    except (TypeError, ValueError):
        pass
    raise OutcomeUnknown("errcode is not a number")


def utf8_json(body: dict[str, Any]) -> bytes:
    """Return ``body`` as JSON in real characters: escapes have been shown to users literally."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
