"""The newest run of each scheduled job, as the timetable wrote it down."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from storage.models.outbound import JobRun
from storage.unit_of_work import UnitOfWork


def newest(uow: UnitOfWork) -> Sequence[JobRun]:
    """Return the last run of every job, by name."""
    newest_slot = select(JobRun.job, func.max(JobRun.slot).label("slot")).group_by(JobRun.job)
    latest = newest_slot.subquery()
    query = select(JobRun).join(
        latest, (latest.c.job == JobRun.job) & (latest.c.slot == JobRun.slot)
    )
    return uow.session.scalars(query.order_by(JobRun.job)).all()
