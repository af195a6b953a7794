"""/v1/applications/funnel: how far customers get in the form, and how long each step takes (S8)."""

from __future__ import annotations

import statistics
from collections import defaultdict
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from starlette.responses import Response

from bot.advice.form import form
from bot.api.desk import Desk, Shown, may
from bot.api.fields import Moment
from storage.models.application import FormStep
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/applications", tags=["applications 投保"])
_DAYS = timedelta(days=30)
_FLOW = "apply"
_MOST = 100_000


class FunnelQuery(BaseModel):
    """The time in question; without it the last 30 days."""

    model_config = ConfigDict(extra="forbid")

    since: Moment | None = None
    until: Moment | None = None


class StepView(BaseModel):
    """One step: how many got past it, how many stopped there, and the usual time it takes."""

    step: str
    label: str
    passed: int
    last: int
    median_seconds: int


class FunnelView(BaseModel):
    """All steps, the most passed first."""

    runs: int
    steps: list[StepView]


@router.get("/funnel", summary="投保漏斗", response_model=FunnelView)
def show_funnel(
    query: Annotated[FunnelQuery, Query()],
    desk: Annotated[Desk, Depends(may("applications", "read"))],
) -> Response:
    """Count fillings-in of the form by step; no personal data is in it."""
    since, until = query.since or desk.now - _DAYS, query.until or desk.now
    statement = (
        select(FormStep.run, FormStep.step, FormStep.seconds)
        .where(FormStep.flow == _FLOW, FormStep.at >= since, FormStep.at <= until)
        .order_by(FormStep.id)
        .limit(_MOST)
    )

    def read(uow: UnitOfWork) -> Shown:
        rows = [(run, step, took) for run, step, took in uow.session.execute(statement)]
        return Shown(_funnel(rows))

    return desk.show(read)


def _funnel(rows: list[tuple[str, str, int]]) -> FunnelView:
    seconds: dict[str, list[int]] = defaultdict(list)
    last: dict[str, str] = {}
    for run, step, took in rows:
        seconds[step].append(took)
        last[run] = step
    ends = list(last.values())
    steps = [
        StepView(
            step=step,
            label=_label(step),
            passed=len(took),
            last=ends.count(step),
            median_seconds=round(statistics.median(took)),
        )
        for step, took in seconds.items()
    ]
    return FunnelView(runs=len(last), steps=sorted(steps, key=lambda s: -s.passed))


def _label(step: str) -> str:
    field = form().fields.get(step)
    heads = {"kind": "险种", "way": "怎么办理", "p_terms": "时间与缴费", "p_covers": "保什么"}
    return field.label if field else heads.get(step, {"p_excludes": "不保什么"}.get(step, step))
