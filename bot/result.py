"""What a committed turn comes to, and who delivers it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.dialogue.message import Reply


@dataclass(frozen=True)
class Result:
    """A committed turn. ``now`` goes into the response; ``owes`` tells that the outbox has work."""

    conversation: int
    seq: int
    now: tuple[Reply, ...]
    state: Mapping[str, Any] = field(default_factory=dict)
    duplicate: bool = False
    owes: bool = False


class CutReplies(Protocol):
    """How a channel divides the replies of a turn: (in the response, through the outbox)."""

    def __call__(self, replies: Sequence[Reply]) -> tuple[Sequence[Reply], Sequence[Reply]]:
        """Return both parts."""
        ...


class Claim:
    """Who delivers the replies: the response that is waiting, or the outbox. Decided once."""

    def __init__(self, *, late: bool = False) -> None:
        self._lock = threading.Lock()
        self._owner = "outbox" if late else ""

    def take(self, owner: str) -> bool:
        """Become the deliverer unless the other one is; asking again repeats the answer."""
        with self._lock:
            self._owner = self._owner or owner
            return self._owner == owner
