"""What a flow may ask about renewing: the branch's rules by line, and whether reminders are off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class RenewalAdvice:
    """How a line is renewed: from when, in which steps, with what, and what a gap means."""

    line: str
    title: str
    earliest_days: int
    steps: tuple[str, ...]
    documents: tuple[str, ...]
    gap: str
    changes: str
    basis: str


class RenewalDesk(Protocol):
    """The rules of renewal."""

    def renewal_advice(self, line: str) -> RenewalAdvice:
        """Return how policies of a line are renewed; unknown lines have the common advice."""
        ...

    def declined(self, category: str) -> bool:
        """Tell whether this customer does not want messages of ``category``."""
        ...
