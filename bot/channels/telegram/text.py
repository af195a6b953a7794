"""How replies become Telegram messages: merged, escaped, cut to what one message may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from bot.dialogue.message import Reply, clean

MAX_UNITS = 4096
# A name of an agent stands before the text; the part must hold both.
_ROOM_FOR_NAME = 160
_SENTENCE_ENDS = "。！？；\n"


def cut(replies: Sequence[Reply]) -> tuple[Sequence[Reply], Sequence[Reply]]:
    """Owe the whole turn to the outbox, as one message: a chat takes about one a second."""
    merged = _merged(replies)
    return (), [merged] if merged else []


def _merged(replies: Sequence[Reply]) -> Reply | None:
    text = "\n\n".join(reply.text.strip("\n") for reply in replies if reply.text.strip())
    if not text:
        return None
    buttons = dict.fromkeys(button for reply in replies for button in reply.buttons)
    wants = next((reply.wants for reply in replies if reply.wants), "")
    return Reply(text, tuple(buttons), wants=wants)


def parts(body: Mapping[str, Any]) -> list[str]:
    """Return the texts of an outbox message as safe HTML, each short enough."""
    text = clean(str(body.get("text") or ""), len(str(body.get("text") or ""))).strip("\n")
    if not text.strip():
        return []
    name = str(body.get("name") or "")[:64]
    cuts = [escape(part, quote=False) for part in split(text, MAX_UNITS - _ROOM_FOR_NAME)]
    return [f"<b>{escape(name, quote=False)}</b>\n{cuts[0]}", *cuts[1:]] if name else cuts


def split(text: str, limit: int = MAX_UNITS) -> list[str]:
    """Cut ``text`` at sentence ends into parts of at most ``limit`` UTF-16 units."""
    return [part for part in _split(text, limit) if part.strip()]


def units(text: str) -> int:
    """Return the length as Telegram counts it: in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def _split(text: str, limit: int) -> Iterator[str]:
    while units(text) > limit:
        window = _fitting(text, limit)
        end = 1 + max(window.rfind(mark) for mark in _SENTENCE_ENDS)
        part = text[: end or len(window)]
        yield part
        text = text[len(part) :]
    yield text


def _fitting(text: str, limit: int) -> str:
    """Return the longest beginning that fits; characters outside the BMP count twice."""
    end = limit
    while units(text[:end]) > limit:
        end -= max(1, (units(text[:end]) - limit + 1) // 2)
    return text[:end]
