"""What the web chat needs from the rest of the bot, and the values that pass between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.dialogue.message import Attachment, InboundMessage, Reply
from bot.errors import BadRequest

Author = Literal["customer", "bot", "agent", "system"]


class MediaRefused(BadRequest):
    """A photo we will not take; ``reason`` is one Chinese sentence for the customer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class PageInfo:
    """What the page says about the branch. An empty value is left out of the page."""

    branch: str
    hotline: str
    demo: bool = False
    hours: str = ""
    address: str = ""
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChatTurn:
    """What one customer message led to; ``events`` are the numbers it and its replies got."""

    replies: tuple[Reply, ...]
    state: Mapping[str, Any]
    events: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the body of the answer to POST /chat/api/messages."""
        replies = [reply.to_json() for reply in self.replies]
        return {"replies": replies, "state": dict(self.state), "events": list(self.events)}


@dataclass(frozen=True)
class ChatEvent:
    """One line of the conversation. ``seq`` grows within a session; gaps are allowed.

    ``body`` has a ``type``: ``text`` (``text``, ``buttons``?), ``image`` (``url`` from
    :func:`media_url`, ``width``?, ``height``?), ``location`` (``lat``, ``lon``, ``label``).
    Any body may carry ``owner`` (bot, queue, agent): who answers from here on.
    """

    seq: int
    author: Author
    body: dict[str, Any]
    at: datetime
    client_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the event as the page reads it."""
        shape: dict[str, Any] = {
            "seq": self.seq,
            "author": self.author,
            "body": self.body,
            "at": self.at.isoformat(),
        }
        return shape | {"client_id": self.client_id} if self.client_id else shape


class ChatService(Protocol):
    """The conversation behind the page. ``peer`` is always a well-formed session id."""

    async def receive(self, message: InboundMessage) -> ChatTurn:
        """Take one customer message; a repeated key gives the same turn again."""

    async def save_media(self, peer: str, name: str, data: bytes) -> Attachment:
        """Keep an upload or raise :class:`MediaRefused`; the same bytes twice are one file."""

    async def media(self, peer: str, name: str) -> tuple[bytes, str] | None:
        """Return bytes and MIME type of a file of this very peer, or None."""

    async def events_after(self, peer: str, last: int, limit: int) -> list[ChatEvent]:
        """Return at most ``limit`` events with ``seq > last``, in order."""

    async def wait_for_news(self, peer: str, seconds: float) -> None:
        """Return when the peer has a new event, or after ``seconds``; early is harmless."""


def media_url(peer: str, name: str) -> str:
    """Return where the page finds a stored photo of a session."""
    return f"/chat/media/{peer}/{name}"
