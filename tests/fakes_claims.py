"""What the fake branch knows about claims that were reported before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import SHANGHAI
from bot.desks.claims import IncompleteReport, PastClaim, Urged

ANSWER_BY = datetime(2026, 11, 23, 13, 0, tzinfo=SHANGHAI)


@dataclass
class FakeClaims:
    """No claim waits for facts; whoever is hurried is noted."""

    incomplete: tuple[IncompleteReport, ...] = ()
    history: tuple[PastClaim, ...] = ()
    urged: list[tuple[str, str]] = field(default_factory=list)

    def claim_history(self) -> Sequence[PastClaim]:
        """Return what the test says."""
        return self.history

    def incomplete_reports(self) -> Sequence[IncompleteReport]:
        """Return what the test says."""
        return self.incomplete

    def urge_claim(self, number: str, words: str) -> Urged | None:
        """Take note, and promise an hour."""
        self.urged.append((number, words))
        return Urged(number, "理赔客服组", "TK20261123000001", ANSWER_BY, len(self.urged) > 1)
