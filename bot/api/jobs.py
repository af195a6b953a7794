"""/v1/jobs: every scheduled job, also one that has never run yet, with its last and next run."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from bot.api.desk import Desk, Shown, may
from storage import job_runs
from storage.job_runs import Standing
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1", tags=["campaigns 主动消息"])


class JobView(BaseModel):
    """A scheduled job: its last run, all null with result ``never`` before the first, and the next.

    ``slot`` is the moment of the timetable that the last run was for.
    """

    job: str
    title: str
    cron: str
    catch_up: str
    slot: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    result: str
    note: str
    next_at: datetime


class Jobs(BaseModel):
    """All jobs that there are, by name."""

    items: list[JobView]


@router.get("/jobs", summary="定时任务：上次、下次与结果", response_model=Jobs)
def list_jobs(desk: Annotated[Desk, Depends(may("campaigns", "read"))]) -> Response:
    """Return every job of the timetable."""
    planned = desk.parts.timetable(desk.now)

    def read(uow: UnitOfWork) -> Shown:
        return Shown(Jobs(items=[_view(one) for one in job_runs.standings(uow, planned)]))

    return desk.show(read)


def _view(one: Standing) -> JobView:
    return JobView(
        job=one.job,
        title=one.title,
        cron=one.cron,
        catch_up=one.catch_up,
        slot=one.slot,
        started_at=one.last_at,
        ended_at=one.ended_at,
        result=one.result,
        note=one.note,
        next_at=one.next_at,
    )
