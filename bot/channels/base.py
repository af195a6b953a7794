"""What a channel may ask of the inside, and what the outbox asks of a channel.

A channel translates in and out and decides nothing: it turns a request into an
InboundMessage, hands it to the Inbox, and turns replies into what its platform wants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.dialogue.message import Attachment, InboundMessage, Reply


@dataclass(frozen=True)
class Answer:
    """The committed result of a turn; the same for every delivery of the same message."""

    replies: tuple[Reply, ...]
    state: Mapping[str, Any] = field(default_factory=dict)
    duplicate: bool = False


class Inbox(Protocol):
    """The engine as channels see it."""

    async def handle(self, message: InboundMessage, within: float | None = None) -> Answer | None:
        """Answer a message exactly once, however often and however concurrently it arrives.

        ``replies`` are only those that the channel's plan keeps for the response itself; the
        others are in the outbox, committed in the same transaction. Return None when the turn
        did not finish ``within`` seconds: its replies will then go out through the outbox, and a
        later delivery of the same message gets None again. Raise Overloaded when too many wait.
        """
        ...


@dataclass(frozen=True)
class Plan:
    """Which replies fit into the response, and which are owed through the outbox."""

    now: tuple[Reply, ...]
    later: tuple[Reply, ...] = ()


class ReplyPlan(Protocol):
    """How a channel cuts the replies of one turn; pure."""

    def __call__(self, replies: Sequence[Reply]) -> Plan:
        """Return the plan for ``replies``."""
        ...


class Sender(Protocol):
    """Hands one outbox message to the platform; called outside any transaction."""

    async def send(self, account: str, peer: str, body: Mapping[str, Any]) -> str:
        """Deliver ``body`` (``Reply.to_json``) and return the platform's message id or ''.

        Raise RetryLater, Unreachable or OutcomeUnknown (see bot.errors).
        """
        ...


class MediaFetcher(Protocol):
    """Fetches the bytes of an inbound photo or voice note; called outside any transaction."""

    async def fetch(self, attachment: Attachment) -> tuple[bytes, str]:
        """Return the bytes and the file ending; raise a DeliveryError as ``send`` does."""
        ...


class TokenStore(Protocol):
    """Keeps one platform token for all processes; synchronous, safe across processes."""

    def read(self, account: str) -> tuple[str, float] | None:
        """Return the token and its expiry (epoch seconds), or None."""
        ...

    def refresh_lease(self, account: str, seconds: float) -> bool:
        """Become the one refresher for ``seconds``; False when another one is at it."""
        ...

    def write(self, account: str, token: str, expires_at: float) -> None:
        """Store a new token and give the lease back."""
        ...
