"""Which moments of a job's timetable are open, and the record of each run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from scheduler.registry import Job
from storage.models.base import table_of
from storage.models.outbound import JobRun
from storage.unit_of_work import UnitOfWork

# A run that was missed by less is not late at all: the leader may just have changed.
FRESH = timedelta(minutes=2)
# A host that was down for a year does not run a job for every five minutes of it.
MOST = 60
_LONGEST = timedelta(days=60)
_run = table_of(JobRun)


@dataclass(frozen=True)
class Slot:
    """A moment of the timetable that nobody has dealt with; ``result`` where nothing is run."""

    at: datetime
    result: str = ""


def open_slots(uow: UnitOfWork, job: Job, now: datetime) -> list[Slot]:
    """Return what is due since the last run, by the job's catch-up policy, oldest first.

    A clock that was put back finds its moments recorded already: nothing runs twice.
    """
    last = _last(uow, job)
    if last is None:
        return [Slot(_latest(job, now))]
    passed = list(_between(job, max(last, now - _LONGEST), now))
    # Interrupted: the slot is on record, but its work may be half done.
    again = [Slot(at) for at in _unfinished(uow, job)]
    if job.catch_up == "send":
        return again + [Slot(at) for at in passed[-MOST:]]
    if not passed:
        return again
    newest = passed[-1]
    late = job.catch_up == "skip" and now - newest > FRESH
    older = [Slot(at, "skipped" if job.catch_up == "skip" else "merged") for at in passed[-MOST:-1]]
    return again + older + [Slot(newest, "skipped" if late else "")]


def _last(uow: UnitOfWork, job: Job) -> datetime | None:
    found = uow.connection.execute(select(func.max(_run.c.slot)).where(_run.c.job == job.name))
    last: datetime | None = found.scalar()
    return last


def _unfinished(uow: UnitOfWork, job: Job) -> list[datetime]:
    query = select(_run.c.slot).where(_run.c.job == job.name, _run.c.ended_at.is_(None))
    return list(uow.connection.execute(query.order_by(_run.c.slot)).scalars())


def _latest(job: Job, now: datetime) -> datetime:
    """Return the newest moment up to ``now``: where a new job begins."""
    for days in (1, 8, 40, 400):
        if found := list(_between(job, now - timedelta(days=days), now)):
            return found[-1]
    return now


def _between(job: Job, after: datetime, until: datetime) -> Iterator[datetime]:
    at = job.next_after(after + timedelta(seconds=1))
    while at <= until:
        yield at
        at = job.next_after(at + timedelta(seconds=1))


def begin(uow: UnitOfWork, job: Job, slot: Slot, now: datetime, by: str) -> bool:
    """Put a slot on record; False when it has been dealt with already."""
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    values = {
        "job": job.name, "slot": slot.at, "started_at": now, "by": by, "note": "",
        "title": job.title, "next_at": job.next_after(now),
        "ended_at": now if slot.result else None, "result": slot.result or None,
    }  # fmt: skip
    made = uow.connection.execute(
        dialect.insert(_run)
        .values(values)
        .on_conflict_do_update(
            index_elements=["job", "slot"],
            set_={"started_at": now, "by": by},
            where=_run.c.ended_at.is_(None),
        )
        .returning(_run.c.id)
    )
    return made.first() is not None


def end(uow: UnitOfWork, job: Job, slot: Slot, now: datetime, result: str, note: str) -> None:
    """Write down how a run ended."""
    uow.connection.execute(
        update(_run)
        .where(_run.c.job == job.name, _run.c.slot == slot.at)
        .values(ended_at=now, result=result, note=note[:255], next_at=job.next_after(now))
    )
