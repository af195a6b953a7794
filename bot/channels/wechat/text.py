"""How replies become texts that the platform takes: merged, cut, and well-formed as XML."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from bot.channels.base import Plan
from bot.channels.wechat.characters import clean
from bot.dialogue.message import Card, Reply

MAX_BYTES = 2048
_BUTTONS = "可以直接回复："
_BETWEEN_BUTTONS = "、"
_SENTENCE_ENDS = "。！？；\n"
_JOINERS = "\u200d\ufe0e\ufe0f"
_MAX_CLUSTER = 16
_MOST_CARDS = 3  # a customer's message allows five; the words need some too


def cut(replies: Sequence[Reply]) -> tuple[Sequence[Reply], Sequence[Reply]]:
    """Return what goes into the response and what follows by the outbox."""
    made = plan(replies)
    return made.now, made.later


def plan(replies: Sequence[Reply]) -> Plan:
    """Return the one passive text of a turn, and as later replies what did not fit into it."""
    parts = [Reply(part) for part in texts(replies)]
    cards = [_of_card(card) for reply in replies for card in reply.cards]
    return Plan(now=tuple(parts[:1]), later=(*parts[1:], *cards[:_MOST_CARDS]))


def _of_card(card: Card) -> Reply:
    """A card goes out alone; its text is what is sent where the platform does not take cards."""
    text = "\n".join(clean(part) for part in (card.title, card.text, card.url) if part)
    return Reply(text, cards=(card,))


def texts(replies: Iterable[Reply]) -> list[str]:
    """Return ``replies`` as texts of at most 2048 bytes, none of them blank."""
    parts = (part.strip("\n") for part in split(merged(replies)))
    return [part for part in parts if part.strip()]


def merged(replies: Iterable[Reply]) -> str:
    """Return all bubbles as one text; buttons become a last line that says what to reply."""
    bubbles = []
    buttons: dict[str, None] = {}
    for reply in replies:
        bubbles.append(clean(reply.text).strip("\n"))
        buttons |= dict.fromkeys(clean(button) for button in reply.buttons)
    if buttons:
        bubbles.append(_BUTTONS + _BETWEEN_BUTTONS.join(buttons))
    return "\n\n".join(bubble for bubble in bubbles if bubble.strip())


def split(text: str, limit: int = MAX_BYTES) -> list[str]:
    """Cut ``text`` into parts of at most ``limit`` bytes of UTF-8, at sentence ends if it can."""
    if len(text) * 4 <= limit:
        return [text] if text else []
    return list(_parts(text.encode(), limit))


def _parts(encoded: bytes, limit: int) -> Iterator[str]:
    start = 0
    while len(encoded) - start > limit:
        end = start + limit
        while encoded[end] & 0xC0 == 0x80:
            end -= 1
        window = encoded[start:end].decode()
        following = encoded[end : end + 4].decode(errors="ignore")[:1]
        part = window[: _cut(window, following)]
        yield part
        start += len(part.encode())
    if start < len(encoded):
        yield encoded[start:].decode()


def _cut(window: str, following: str) -> int:
    """Return where to end a part: after a sentence, else anywhere but inside a glyph or link."""
    end = 1 + max(window.rfind(mark) for mark in _SENTENCE_ENDS)
    end = end or _glyph_border(window, following)
    opened = window.rfind("<a ", 0, end)
    return opened if opened > 0 and window.find("</a>", opened, end) < 0 else end


def _glyph_border(window: str, following: str) -> int:
    end = len(window)
    shown = window + following
    for _ in range(_MAX_CLUSTER):
        if end <= 1 or not _joined(shown, end):
            return max(end, 1)
        end -= 1
    return len(window)


def _joined(shown: str, place: int) -> bool:
    """Say whether the characters around ``place`` are one glyph (emoji families, marks)."""
    if place >= len(shown):
        return False
    after = shown[place]
    return after in _JOINERS or shown[place - 1] == "\u200d" or unicodedata.category(after) == "Mn"


def text_reply(to: str, ours: str, text: str, at: int) -> str:
    """Return the XML of a passive text reply; well-formed whatever ``text`` holds."""
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName>"
        f"<FromUserName>{_cdata(ours)}</FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(text)}</Content></xml>"
    )


def _cdata(text: str) -> str:
    safe = clean(text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{safe}]]>"
