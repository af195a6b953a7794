"""What a flow may ask about personal data: what is held, and requests with their legal date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

RequestKind = Literal["privacy_export", "privacy_erase", "privacy_correct", "privacy_withdraw"]


@dataclass(frozen=True)
class RequestReceipt:
    """A request about personal data; ``fresh`` is False when the same one was open already.

    ``left`` tells what was erased, what is kept, why and until when, where it is done in part.
    """

    number: str
    due_on: date
    fresh: bool
    left: str = ""


class PrivacyDesk(Protocol):
    """The rights of a person (PIPL 44-50)."""

    def request_privacy(self, kind: RequestKind, words: str, *, minor: bool) -> RequestReceipt:
        """Record a request; the same one twice is one. ``minor`` when it is about a child."""
        ...

    def reach_privacy(self, phone: str) -> str:
        """Note where to reach whoever made the newest open request here; return its number."""
        ...

    def take_back_privacy(self) -> Sequence[str]:
        """End the open requests to erase of this conversation; return their numbers."""
        ...

    def erasure(self) -> RequestReceipt | None:
        """Return the erasure that this customer asked for and that is not finished."""
        ...

    def held(self) -> Mapping[str, int]:
        """Return how much we hold about this customer by kind, and record that it was told.

        An identity that is not verified hears of its own conversation only.
        """
        ...
