"""The evaluations of service that were made: read here, or taken along as page or paper."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from bot.console.parts import Room, may
from bot.console.quality import ROOT, show_tab
from bot.errors import Refused
from storage import personal_notices
from storage.models.report import ServiceReport
from storage.service_reports import ServiceReports
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/quality/reports")
Reader = Annotated[Room, Depends(may("kpis", "read"))]
Number = Annotated[int, Path(ge=1, le=2**62)]
_TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
# A report brings its own style, and nothing in it may run.
_ALONE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; sandbox"
    ),
}


@router.get("")
def page(request: Request, here: Reader) -> Response:
    """Show what was made, the newest period first."""
    made = here.read(lambda uow: ServiceReports(uow).all())
    return show_tab(
        request, here, "quality_reports.html", made=made, charter=here.parts.settings.charter
    )


@router.get("/{number}")
def one(request: Request, here: Reader, number: Number) -> Response:
    """Show one report; whoever was told of it has seen it now."""
    found = here.read(lambda uow: ServiceReports(uow).get(number))
    if found is None:
        raise Refused(f"没有第 {number} 份报告。")
    path = f"{ROOT}/reports/{number}"
    here.change(lambda uow: personal_notices.seen(uow, here.staff.name, path, here.now))
    return show_tab(request, here, "quality_report.html", one=found)


@router.get("/{number}/{way}.{form}")
def fetch(
    here: Reader, number: Number, way: Literal["read", "report"], form: Literal["html", "pdf"]
) -> Response:
    """Return the page or the paper as it was made, to be read here or taken along."""

    def read(uow: UnitOfWork) -> tuple[ServiceReport, bytes] | None:
        found = ServiceReports(uow).get(number)
        return (found, found.page if form == "html" else found.paper) if found else None

    found = here.read(read)
    if found is None:
        raise Refused(f"没有第 {number} 份报告。")
    report, content = found
    name = f"service-report-{report.first}-{report.last}.{form}"
    kind = "inline" if way == "read" else "attachment"
    headers = {**_ALONE, "Content-Disposition": f'{kind}; filename="{name}"'}
    return Response(content, headers=headers, media_type=_TYPES[form])
