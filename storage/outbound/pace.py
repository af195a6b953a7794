"""Making room for customers: how long a campaign leaves the way free, and how large its pages are.

A customer's turn waits for whatever is being written when it arrives. While customers write, the
work of campaigns therefore takes no more than a small share of the time; else it takes all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from storage.rules.outbound import Beside

SMALLEST = 500
_FIRST = 2_000


def rest(rules: Beside, heard: float, spent_s: float, clock_s: float | None = None) -> float:
    """Return for how many seconds to leave the way free after work of ``spent_s``.

    ``heard`` is when a customer last wrote, by the monotonic clock, as ``clock_s`` is now.
    """
    clock_s = time.monotonic() if clock_s is None else clock_s
    if clock_s - heard > rules.quiet_seconds:
        return 0.0
    return min(spent_s * (1 / rules.share - 1), rules.longest_seconds)


@dataclass
class Pages:
    """Grow from page to page of a build while nobody writes; are small while somebody does."""

    rules: Beside
    largest: int
    size: int = _FIRST

    def after(self, spent_s: float, heard: float) -> float:
        """Take note of a page that took ``spent_s``; return how long to leave the way free."""
        free = rest(self.rules, heard, spent_s)
        grown = SMALLEST if free else self.size * 2
        self.size = min(self.largest, grown)
        return free
