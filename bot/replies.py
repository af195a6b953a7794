"""What a turn says, on its way into the message table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.dialogue.gates import gated
from bot.dialogue.message import Reply
from bot.dialogue.turn import Turn


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


def entry_of(replies: Sequence[Reply]) -> str:
    """Return the entry of the knowledge base that was the answer, '' when none was."""
    for reply in replies:
        note = reply.note or {}
        for part in (note, *note.get("parts", ())):
            if part.get("entry"):
                return str(part["entry"])
    return ""


def tidy(turn: Turn) -> list[Reply]:
    """Drop empty and repeated bubbles."""
    seen: set[str] = set()
    kept = []
    for reply in turn.replies:
        text = reply.text.strip()
        if text and text not in seen:
            seen.add(text)
            kept.append(reply if text == reply.text else replace(reply, text=text))
    return kept


def shape_of(state: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """Return the state of the contract: the flow in progress and who owns the conversation."""
    top = (state.get("stack") or [{}])[-1]
    return {"flow": gated(top) or top.get("flow"), "owner": owner}
