"""The bubbles of one turn: without doubles, and as the conversation stores them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.dialogue.message import Reply


def rows(
    replies: Sequence[Reply], now_part: Sequence[Reply], later: Sequence[Reply], seq: int
) -> list[dict[str, Any]]:
    """Return the replies as messages; a channel that merged them must not lose the note."""
    said = [(reply, "response") for reply in now_part] + [(reply, "outbox") for reply in later]
    note = next((reply.note for reply in replies if reply.note), None)
    if note and said and not any(reply.note for reply, _ in said):
        said[0] = (replace(said[0][0], note=note), said[0][1])
    return [
        {"author": "bot", "reply_to": seq, "sent_by": way, "body": reply.stored()}
        for reply, way in said
    ]


def tidied(replies: Sequence[Reply]) -> list[Reply]:
    """Drop empty and repeated bubbles."""
    seen: set[str] = set()
    kept = []
    for reply in replies:
        text = reply.text.strip()
        if text and text not in seen:
            seen.add(text)
            kept.append(replace(reply, text=text))
    return kept
