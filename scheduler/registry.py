"""Finds the jobs: one module each in `scheduler/jobs`, with TITLE, CRON and ``run``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from scheduler import jobs
from scheduler.context import JobContext


class Run(Protocol):
    """Does a job as if it were ``as_of``; a dry run says what would be, and writes nothing."""

    def __call__(
        self, context: JobContext, as_of: datetime, *, dry_run: bool = False
    ) -> list[str]: ...


@dataclass(frozen=True)
class Job:
    """A job by its name; ``cron`` says when it runs."""

    name: str
    title: str
    cron: str
    run: Run


def find_jobs() -> Mapping[str, Job]:
    """Return all jobs by name."""
    names = sorted(module.name for module in iter_modules(jobs.__path__))
    modules = {name: import_module(f"{jobs.__name__}.{name}") for name in names}
    return {n: Job(n, module.TITLE, module.CRON, module.run) for n, module in modules.items()}
