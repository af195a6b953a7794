"""Counters for /metrics, in Prometheus' own client."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, generate_latest


class Metrics:
    """What the process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._turns = Counter(
            "anda_turns", "Turns committed", ["channel", "duplicate"], registry=self.registry
        )

        # Looking a counter up by its labels costs more than counting: once is enough.
        self._counter = cache(self._turns.labels)

    def turn(self, channel: str, *, duplicate: bool) -> None:
        """Count a committed turn."""
        self._counter(channel, "yes" if duplicate else "no").inc()

    def text(self) -> bytes:
        """Return all figures as Prometheus text."""
        return generate_latest(self.registry)


METRICS = Metrics()
