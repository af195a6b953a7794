"""The jobs of the timetable with the newest run of each, as the timetable wrote it down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from storage.models.outbound import JobRun
from storage.unit_of_work import UnitOfWork

NEVER, RUNNING = "never", "running"


class Planned(NamedTuple):
    """A job as the timetable has it."""

    job: str
    title: str
    cron: str
    catch_up: str
    next_at: datetime


@dataclass(frozen=True)
class Standing:
    """When a job ran last, how that ended, and when it runs next."""

    job: str
    title: str
    cron: str
    catch_up: str
    slot: datetime | None
    last_at: datetime | None
    ended_at: datetime | None
    result: str
    note: str
    next_at: datetime


def standings(uow: UnitOfWork, planned: Iterable[Planned]) -> list[Standing]:
    """Return where each job of the timetable stands, whether it has ever run or not."""
    last = _newest(uow)
    return [_standing(job, last.get(job.job)) for job in planned]


def _standing(job: Planned, run: JobRun | None) -> Standing:
    return Standing(
        job.job,
        job.title,
        job.cron,
        job.catch_up,
        run.slot if run else None,
        run.started_at if run else None,
        run.ended_at if run else None,
        (run.result or RUNNING) if run else NEVER,
        run.note if run else "",
        job.next_at,
    )


def _newest(uow: UnitOfWork) -> dict[str, JobRun]:
    """Return the last run of every job that has run."""
    newest_slot = select(JobRun.job, func.max(JobRun.slot).label("slot")).group_by(JobRun.job)
    latest = newest_slot.subquery()
    query = select(JobRun).join(
        latest, (latest.c.job == JobRun.job) & (latest.c.slot == JobRun.slot)
    )
    return {run.job: run for run in uow.session.scalars(query)}
