"""/v1/kpis/definitions and /v1/kpis/{code}/rows: what a figure means, and the very rows of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import HTMLResponse, Response

from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import Body, Moment, RowId
from bot.api.kpi_figures import DefinitionView, definition_views
from bot.api.problems import invalid, missing
from bot.reports.service import page
from bot.reports.service_pdf import paper
from storage import complaint_parties
from storage.kpi import exclusions, figures
from storage.kpi.definition import Period
from storage.kpi.figures import BYS, DEFINITIONS, Slice
from storage.kpi.report import report
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/kpis", tags=["kpis 指标"])
_MOST = 500
_TITLE = "服务评估报告"


class Definitions(BaseModel):
    """All figures."""

    items: list[DefinitionView]


class RowView(BaseModel):
    """One row of the ledger that a figure counts; ``exclusion`` says why it does not."""

    id: int
    at: datetime
    actor: str
    team: str
    channel: str
    label: str
    result: str
    case: str | None
    conversation: int | None
    value: int | None
    excluded: int
    hit: int
    exclusion: str | None


class Rows(BaseModel):
    """A page of rows; go on with ``after`` = ``next``."""

    items: list[RowView]
    next: int | None


class RowQuery(BaseModel):
    """Which rows."""

    model_config = ConfigDict(extra="forbid")

    first: Annotated[Moment, Field(alias="from")]
    last: Annotated[Moment, Field(alias="to")]
    actor: str | None = None
    team: str | None = None
    channel: str | None = None
    label: str | None = None
    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=_MOST)] = 100


class PeriodQuery(BaseModel):
    """A period, both days included."""

    model_config = ConfigDict(extra="forbid")

    first: Annotated[Moment, Field(alias="from")]
    last: Annotated[Moment, Field(alias="to")]


class ReportQuery(PeriodQuery):
    """A period, and how it is shown."""

    format: Literal["html", "pdf"] = "html"


class ExclusionIn(Body):
    """Why a row must not count, and who approved that."""

    event: RowId
    reason: Annotated[str, StringConstraints(min_length=2, max_length=255)]
    asked_by: Annotated[str, StringConstraints(min_length=1, max_length=128)]


@router.get("/definitions", summary="指标口径", response_model=Definitions)
def get_definitions(desk: Annotated[Desk, Depends(may("kpis", "read"))]) -> Response:
    """Return what each figure means."""
    return desk.show(lambda _: Shown(Definitions(items=definition_views())))


@router.get("/report", summary="服务评估报告（网页或 PDF）", response_class=Response)
def get_report(
    query: Annotated[ReportQuery, Query()], desk: Annotated[Desk, Depends(may("kpis", "read"))]
) -> Response:
    """Return the service evaluation of a period as one page, or on paper."""
    period = _period(query.first, query.last)
    found = desk.parts.transactions.read(lambda uow: report(uow, period))
    if query.format == "pdf":
        return Response(paper(found, _TITLE, desk.now), media_type="application/pdf")
    return HTMLResponse(page(found, _TITLE))


@router.post("/exclusions", summary="剔除一行（须另一人批准）", status_code=204)
def exclude(
    body: ExclusionIn, desk: Annotated[Desk, Depends(may_create("kpis", "approve"))]
) -> Response:
    """Take a row out of every figure; the caller approves what another one asked for."""
    approved = exclusions.Exclusion(body.event, body.reason, body.asked_by, desk.caller.actor)

    def work(uow: UnitOfWork) -> ExclusionIn:
        exclusions.add(uow, approved, desk.now)
        return body

    done = desk.create(body, work)
    told = {name: value for name, value in done.headers.items() if name == "idempotent-replayed"}
    return Response(status_code=204, headers=told)  # nothing to show, whatever was kept


@router.get("/{code}/rows", summary="一个指标的明细", response_model=Rows)
def get_rows(
    code: str,
    query: Annotated[RowQuery, Query()],
    desk: Annotated[Desk, Depends(may("kpis", "read"))],
) -> Response:
    """Return the rows that a figure counts."""
    if code not in DEFINITIONS:
        raise missing(f"指标 {code}")
    period = _period(query.first, query.last)
    wanted = Slice(
        code, period, {by: name for by in BYS if (name := getattr(query, by)) is not None}
    )

    def read(uow: UnitOfWork) -> Shown:
        found = figures.drill(uow.connection, wanted, query.after, query.limit)
        # Who is complained about reads nothing of it, not even in a figure's rows.
        against = complaint_parties.against(desk.parts.cipher, desk.caller.label)
        mine = set(uow.session.scalars(against))
        items = [
            RowView.model_validate(
                {**row, "case": row["case_number"], "conversation": row["conversation_id"]}
            )
            for row in found
            if row["case_number"] not in mine
        ]
        more = int(found[-1]["id"]) if len(found) == query.limit else None
        return Shown(Rows(items=items, next=more))

    return desk.show(read)


def _period(first: datetime, last: datetime) -> Period:
    if first > last:
        raise invalid("query.from", "不能晚于 to")
    return Period(first.date(), last.date())
