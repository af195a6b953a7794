"""/v1/reports: the evaluations of service that were made, as page and as paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from bot.api.desk import Desk, Shown, may
from bot.api.fields import RowId
from bot.api.problems import missing
from storage.models.report import ServiceReport
from storage.service_reports import ServiceReports
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/reports", tags=["reports 服务评估报告"])
_TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


class ReportView(BaseModel):
    """A report that was made; ``figures`` are the four of the charter as they were then."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    id: int
    kind: str
    title: str
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    made_at: datetime
    made_by: str
    digest: str
    figures: list[dict[str, Any]]


class Reports(BaseModel):
    """All reports, the newest period first."""

    items: list[ReportView]


@router.get("", summary="服务评估报告列表", response_model=Reports)
def list_reports(desk: Annotated[Desk, Depends(may("kpis", "read"))]) -> Response:
    """Return what was made."""
    return desk.show(
        lambda uow: Shown(Reports(items=[_view(made) for made in ServiceReports(uow).all()]))
    )


@router.get("/{number}.{form}", summary="下载一份报告（html 或 pdf）", response_class=Response)
def get_report(
    number: RowId, form: Literal["html", "pdf"], desk: Annotated[Desk, Depends(may("kpis", "read"))]
) -> Response:
    """Return the page or the paper as it was made."""

    def read(uow: UnitOfWork) -> tuple[str, bytes] | None:
        made = ServiceReports(uow).get(number)
        return (made.title, made.page if form == "html" else made.paper) if made else None

    found = desk.parts.transactions.read(read)
    if found is None:
        raise missing(f"报告 {number}")
    name = f'attachment; filename="report-{number}.{form}"'
    return Response(found[1], headers={"Content-Disposition": name}, media_type=_TYPES[form])


def _view(made: ServiceReport) -> ReportView:
    names = ("id", "kind", "title", "first", "last", "made_at", "made_by", "digest", "figures")
    return ReportView(**{name: getattr(made, name) for name in names})
