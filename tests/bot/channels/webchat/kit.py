"""What the tests of the web chat say to it, and how a refusal looks."""

from __future__ import annotations

import re
from typing import Any

import httpx

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


CHINESE = re.compile("[\u4e00-\u9fff]")


def send(client: httpx.Client, session: str, client_id: str, text: object = "你好") -> Any:
    """POST one message."""
    body = {"session": session, "client_id": client_id, "text": text}
    return client.post("/chat/api/messages", json=body)


def assert_refused(response: httpx.Response, status: int) -> None:
    """Every refusal is one Chinese sentence."""
    assert response.status_code == status, response.text
    assert CHINESE.search(response.json()["error"])
    assert not re.search("[A-Za-z]{4,}", response.json()["error"])
