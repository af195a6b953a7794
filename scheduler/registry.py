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
from typing import Any, Literal

from apscheduler.triggers.cron import CronTrigger

from bot.clock import SHANGHAI
from scheduler import jobs
from scheduler.context import JobContext
from storage.job_runs import Planned
from storage.unit_of_work import UnitOfWork

# What becomes of the times that passed while nobody ran: each of them on its own, one run for
# all of them, or none unless it is still fresh.
CatchUp = Literal["send", "merge", "skip"]


@dataclass(frozen=True)
class Job:
    """A job by its name; ``cron`` says when it runs."""

    name: str
    title: str
    cron: str
    work: Callable[..., Any]
    catch_up: CatchUp = "merge"

    @property
    def trigger(self) -> CronTrigger:
        """Return the timetable, in Chinese time."""
        return CronTrigger.from_crontab(self.cron, timezone=SHANGHAI)

    def next_after(self, moment: datetime) -> datetime:
        """Return the first moment of the timetable after ``moment``."""
        found = self.trigger.get_next_fire_time(moment, moment)
        assert isinstance(found, datetime), f"{self.name}: the timetable has no end"
        return found

    def planned(self, now: datetime) -> Planned:
        """Return the job as it is shown, with its next run."""
        return Planned(self.name, self.title, self.cron, self.catch_up, self.next_after(now))

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
    return {
        n: Job(n, module.TITLE, module.CRON, module.run, getattr(module, "CATCH_UP", "merge"))
        for n, module in modules.items()
    }


def planned(now: datetime) -> list[Planned]:
    """Return the whole timetable by name, each job with its next run."""
    return [job.planned(now) for job in find_jobs().values()]
