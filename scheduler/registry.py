"""Finds the jobs: one module each in `scheduler/jobs`, with TITLE, CRON and ``run``.

``run`` says by the names of its parameters what it works with: ``context`` when it makes its own
transactions, otherwise ``uow`` in one that is made for it; ``cipher``, ``settings``, ``now`` or
``as_of``, and ``dry_run``. A job that knows no dry run is rolled back instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from inspect import signature
from pkgutil import iter_modules
from typing import Any

from scheduler import jobs
from scheduler.context import JobContext
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Job:
    """A job by its name; ``cron`` says when it runs."""

    name: str
    title: str
    cron: str
    work: Callable[..., Any]

    def run(self, context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
        """Do it as if it were ``as_of``; return what was done. A dry run writes nothing."""
        known = {
            "context": context,
            "cipher": context.cipher,
            "settings": context.settings,
            "now": as_of,
            "as_of": as_of,
            "dry_run": dry_run,
        }
        names = signature(self.work).parameters
        given = {name: known[name] for name in names if name in known}
        if "uow" not in names:
            return list(self.work(**given) or ())

        def inside(uow: UnitOfWork) -> list[str]:
            return list(self.work(uow=uow, **given) or ())

        return context.ways.read(inside) if dry_run else context.ways.run(inside)


def find_jobs() -> Mapping[str, Job]:
    """Return all jobs by name."""
    names = sorted(module.name for module in iter_modules(jobs.__path__))
    modules = {name: import_module(f"{jobs.__name__}.{name}") for name in names}
    return {n: Job(n, module.TITLE, module.CRON, module.run) for n, module in modules.items()}
