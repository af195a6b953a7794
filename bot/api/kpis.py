"""/v1/kpis: figures and counts of rows that exist, and nothing that would have to be assumed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from starlette.responses import Response

from bot.api.desk import Desk, Shown, may
from bot.api.fields import Moment
from bot.api.kpi_figures import FigureView, figure_views
from bot.api.problems import invalid
from bot.clock import SHANGHAI
from storage.kpi.definition import Period
from storage.kpi.figures import By
from storage.models.case import Claim, Complaint, Handoff, Survey, Ticket
from storage.models.conversation import Conversation
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/kpis", tags=["kpis 指标"])
_DEFAULT_DAYS = 30
_COMPLAINT_ENDED = ("decided", "closed", "withdrawn", "transferred")

# What is counted in a period: name → (when it began, what it is broken down by).
_COUNTED: dict[str, tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[str]]] = {
    "conversations": (Conversation.opened_at, Conversation.channel),
    "claims": (Claim.reported_at, Claim.status),
    "complaints": (Complaint.received_at, Complaint.status),
    "tickets": (Ticket.opened_at, Ticket.status),
    "handoffs": (Handoff.opened_at, Handoff.status),
    "surveys": (Survey.sent_at, Survey.status),
}


class Count(BaseModel):
    """How many began in the period, and how they stand now (conversations: by channel)."""

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
    start = datetime.combine(first, time(), SHANGHAI)
    end = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)

    def read(uow: UnitOfWork) -> Shown:
        answered, average = _scores(uow.session, start, end)
        return Shown(
            Kpis(
                first=first,
                last=last,
                counts={
                    name: _count(uow.session, began, by, start, end)
                    for name, (began, by) in _COUNTED.items()
                },
                surveys_answered=answered,
                average_score=average,
                complaints_overdue_now=_overdue(uow.session, desk.now.date()),
                figures=figure_views(uow, Period(first, last), query.by),
            )
        )

    return desk.show(read)


def _count(
    session: Session,
    began: InstrumentedAttribute[datetime],
    by: InstrumentedAttribute[str],
    start: datetime,
    end: datetime,
) -> Count:
    query = select(by, func.count()).where(began >= start, began < end).group_by(by)
    found = {str(key): int(count) for key, count in session.execute(query)}
    return Count(total=sum(found.values()), by=found)


def _scores(session: Session, start: datetime, end: datetime) -> tuple[int, float | None]:
    query = select(func.count(Survey.score), func.avg(Survey.score)).where(
        Survey.answered_at >= start, Survey.answered_at < end
    )
    count, average = session.execute(query).one()
    return int(count), None if average is None else round(float(average), 2)


def _overdue(session: Session, today: date) -> int:
    query = select(func.count()).where(
        Complaint.due_on < today, Complaint.status.not_in(_COMPLAINT_ENDED)
    )
    return int(session.scalar(query) or 0)
