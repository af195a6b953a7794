"""What flows may ask about claims that were reported before: what they lack, and to hurry them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class IncompleteReport:
    """A claim that waits for facts: ``keys`` of the clerks' table, first in asking order."""

    number: str
    line: str
    subject: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Urged:
    """The owner was told that the customer waits; ``again`` means within a day."""

    number: str
    owner: str
    ticket: str
    answer_by: datetime
    again: bool


@dataclass(frozen=True)
class PastClaim:
    """A claim in a history: when, about what, and whether it is settled."""

    number: str
    reported_at: datetime
    subject: str
    status: str
    open: bool


class ClaimsDesk(Protocol):
    """Claims of this customer, beyond opening and showing them."""

    def claim_history(self) -> Sequence[PastClaim]:
        """Return all claims of the verified customer, newest first, and record that it was told."""
        ...

    def incomplete_reports(self) -> Sequence[IncompleteReport]:
        """Return this customer's claims that wait for facts, newest first."""
        ...

    def urge_claim(self, number: str, words: str) -> Urged | None:
        """Tell the owner that the customer waits; None where the claim is not this customer's."""
        ...
