"""Keeps us from hammering: used-up quotas per endpoint, and a circuit breaker for all."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from bot.errors import RetryLater

_FAILURES = 5
_CHANCE = secrets.SystemRandom()
_SHORTEST_S = 2
_LONGEST_S = 60


class Brakes:
    """Says no before a call is made; thread-safe."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._stopped: dict[str, tuple[datetime, str]] = {}
        self._failures = 0
        self._open_until: datetime | None = None

    def check(self, endpoint: str) -> None:
        """Raise RetryLater while ``endpoint`` is stopped or the platform out of reach."""
        now = self._now()
        with self._lock:
            self._check_stop(endpoint, now)
            self._check_circuit(now)

    def stop(self, endpoint: str, error: RetryLater) -> None:
        """Make no call to ``endpoint`` for as long as ``error`` says."""
        with self._lock:
            self._stopped[endpoint] = (self._now() + error.after, str(error))

    def failed(self) -> None:
        """Count a call that did not reach the platform; several in a row open the circuit."""
        with self._lock:
            self._failures += 1
            if self._failures >= _FAILURES:
                self._open_until = self._now() + self._pause()

    def reached(self) -> None:
        """Close the circuit: the platform answered."""
        with self._lock:
            self._failures = 0
            self._open_until = None

    def _check_stop(self, endpoint: str, now: datetime) -> None:
        until, reason = self._stopped.get(endpoint, (now, ""))
        if until > now:
            raise RetryLater(reason, after=until - now, called=False)
        self._stopped.pop(endpoint, None)

    def _check_circuit(self, now: datetime) -> None:
        if self._open_until is None:
            return
        if self._open_until > now:
            after = self._open_until - now
            raise RetryLater("platform out of reach", after=after, called=False)
        # Half open: this one call may try; the others wait for what it finds.
        self._open_until = now + self._pause()

    def _pause(self) -> timedelta:
        seconds = min(_SHORTEST_S * 2 ** min(self._failures - _FAILURES, 10), _LONGEST_S)
        return timedelta(seconds=_CHANCE.uniform(1, 1.25) * seconds)
