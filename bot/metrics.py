"""Counters for /metrics, in Prometheus' own client."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """What the process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._turns = Counter(
            "anda_turns", "Turns committed", ["channel", "duplicate"], registry=self.registry
        )

        self._runs = Counter(
            "anda_job_runs", "Runs of scheduled jobs", ["job", "result"], registry=self.registry
        )
        self._last = Gauge(
            "anda_job_last_run_seconds", "End of the last run", ["job"], registry=self.registry
        )
        self._next = Gauge(
            "anda_job_next_run_seconds", "Next planned run", ["job"], registry=self.registry
        )
        self._leader = Gauge(
            "anda_scheduler_leader", "1 where this process leads", registry=self.registry
        )
        self._outbound = Counter(
            "anda_outbound",
            "Outbound touches by outcome",
            ["kind", "way", "outcome"],
            registry=self.registry,
        )

        # Looking a counter up by its labels costs more than counting: once is enough.
        self._counter = cache(self._turns.labels)

    def turn(self, channel: str, *, duplicate: bool) -> None:
        """Count a committed turn."""
        self._counter(channel, "yes" if duplicate else "no").inc()

    def job(self, job: str, result: str, ended: float, following: float) -> None:
        """Note a run of a job, and when the next one is."""
        self._runs.labels(job, result).inc()
        self._last.labels(job).set(ended)
        self._next.labels(job).set(following)

    def leader(self, *, leading: bool) -> None:
        """Note whether this process runs the jobs."""
        self._leader.set(leading)

    def touch(self, kind: str, way: str, outcome: str) -> None:
        """Count how a touch ended."""
        self._outbound.labels(kind, way, outcome).inc()

    def text(self) -> bytes:
        """Return all figures as Prometheus text."""
        return generate_latest(self.registry)


METRICS = Metrics()
