"""What a piece of work costs, to be compared with another in the same run: never with a clock."""

from __future__ import annotations

import time
from collections.abc import Callable

# A part of a text, the whole, and how many times the part's cost the whole may have: much less
# than its length, much more than two runs of the same work differ on a busy machine.
PART, WHOLE, MOST = 2_000, 100_000, 10


def cpu_s(work: Callable[[], object], rounds: int = 5) -> float:
    """Return the least processor time of several runs, in seconds."""
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent)


def is_cut_first(work: Callable[[str], object], unit: str) -> bool:
    """Tell whether a flood of ``unit`` costs ``work`` hardly more than its beginning does."""
    part, whole = unit * (PART // len(unit)), unit * (WHOLE // len(unit))
    return cpu_s(lambda: work(whole)) <= MOST * cpu_s(lambda: work(part))
