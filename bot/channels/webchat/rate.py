"""How fast one session may write: a token bucket each, in memory."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable


class RateLimit:
    """Allows a burst of ``burst`` messages, refilled evenly over ``seconds``."""

    def __init__(
        self,
        burst: int = 30,
        seconds: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        sessions: int = 20_000,
    ) -> None:
        self._burst = float(burst)
        self._refill = burst / seconds
        self._clock = clock
        self._sessions = sessions
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, session: str) -> int:
        """Take one token; return 0, or the whole seconds to wait when there is none."""
        now = self._clock()
        left, seen = self._buckets.pop(session, (self._burst, now))
        left = min(self._burst, left + (now - seen) * self._refill)
        allowed = left >= 1
        self._buckets[session] = (left - 1 if allowed else left, now)
        if len(self._buckets) > self._sessions:  # forget who has been silent the longest
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - left) / self._refill))
