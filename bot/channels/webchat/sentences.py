"""What the web chat tells a customer when something cannot be done."""

from __future__ import annotations

import json
from pathlib import Path

_SENTENCES: dict[str, str] = json.loads(
    (Path(__file__).parent / "templates" / "sentences.json").read_text(encoding="utf-8")
)


def sentence(name: str) -> str:
    """Return the Chinese sentence of this name."""
    return _SENTENCES[name]


def sentence_for_status(status: int) -> str:
    """Return the sentence that fits an HTTP status nobody explained further."""
    return _SENTENCES.get(f"status_{status}", _SENTENCES["status_400"])
