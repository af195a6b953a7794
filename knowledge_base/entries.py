"""What one entry of the knowledge base holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Basis = Literal["L", "GK", "OP", "SEED"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its wordings, the answer, and where the answer comes from."""

    id: str
    question: str
    variants: tuple[str, ...]
    answer: str = ""
    source: str = ""
    basis: Basis = "GK"
    reviewed_on: date | None = None
    review_due: date | None = None
    audience: str = "public"
    topics: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    must_contain: tuple[str, ...] = ()
    effective_from: datetime | None = None
    expires_at: datetime | None = None
    # The answer in other words, for who says that it did not help.
    also: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the standard question and all its wordings."""
        return (self.question, *self.variants)

    @property
    def context(self) -> str:
        """Return what else tells the subject: the answer and the topics."""
        return " ".join((self.answer, *self.topics))
