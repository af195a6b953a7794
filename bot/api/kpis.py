"""/v1/kpis: figures and counts, all from the ledger; nothing that would have to be assumed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.api.desk import Desk, Shown, may
from bot.api.fields import Moment
from bot.api.kpi_figures import FigureView, figure_views
from bot.api.problems import invalid
from storage.kpi import counts
from storage.kpi.definition import Period
from storage.kpi.figures import By
from storage.models.case import Complaint
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/kpis", tags=["kpis 指标"])
_DEFAULT_DAYS = 30
_COMPLAINT_ENDED = ("decided", "closed", "withdrawn", "transferred")


class Count(BaseModel):
    """How many began in the period, and how they stand now (conversations: contacts by channel)."""

    total: int
    by: dict[str, int]


class Kpis(BaseModel):
    """The figures; ``average_score`` is null when nobody has answered."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    counts: dict[str, Count]
    surveys_answered: int
    average_score: float | None
    complaints_overdue_now: int
    figures: list[FigureView]


class KpiQuery(BaseModel):
    """The period, both days included; the last 30 days when nothing is said."""

    model_config = ConfigDict(extra="forbid")

    first: Annotated[Moment | None, Field(alias="from")] = None
    last: Annotated[Moment | None, Field(alias="to")] = None
    by: By | None = None


@router.get("", summary="指标", response_model=Kpis)
def get_kpis(
    query: Annotated[KpiQuery, Query()], desk: Annotated[Desk, Depends(may("kpis", "read"))]
) -> Response:
    """Count what began in a period."""
    last = query.last.date() if query.last else desk.now.date()
    first = query.first.date() if query.first else last - timedelta(days=_DEFAULT_DAYS - 1)
    if first > last:
        raise invalid("query.from", "不能晚于 to")
    period = Period(first, last)

    def read(uow: UnitOfWork) -> Shown:
        figures = figure_views(uow, period, query.by)
        mean = next(one for one in figures if one.code == "csat_mean")
        return Shown(
            Kpis(
                first=first,
                last=last,
                counts={
                    name: Count(total=sum(by.values()), by=by)
                    for name, by in counts.begun(uow.connection, period).items()
                },
                surveys_answered=mean.rows,
                average_score=None if mean.value is None else round(mean.value, 2),
                complaints_overdue_now=_overdue(uow.session, desk.now.date()),
                figures=figures,
            )
        )

    return desk.show(read)


def _overdue(session: Session, today: date) -> int:
    query = select(func.count()).where(
        Complaint.due_on < today, Complaint.status.not_in(_COMPLAINT_ENDED)
    )
    return int(session.scalar(query) or 0)
