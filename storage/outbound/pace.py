"""How large the next page of a build is: large when nobody waits, small while customers write."""

from __future__ import annotations

from dataclasses import dataclass

SMALLEST = 500
_FIRST = 2_000


@dataclass
class Pace:
    """Grows from page to page; steps back and makes room as soon as somebody else had work."""

    largest: int
    size: int = _FIRST

    def after(self, spent_s: float, *, others: bool) -> float:
        """Take note of a page that took ``spent_s``; return how long to leave the way free."""
        if not others:
            self.size = min(self.largest, self.size * 2)
            return 0.0
        self.size = min(self.largest, SMALLEST)
        return spent_s
