"""Figures of a period, what each means, and the very rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from bot.console.cases import Word
from bot.console.parts import Room, may
from bot.console.quality import Days, show_tab, span_of
from bot.errors import Refused
from bot.reports.names import target
from bot.reports.service import named
from storage import complaint_parties
from storage.kpi import figures
from storage.kpi.figures import BYS, CHARTER_CODES, DEFINITIONS, By, Slice
from storage.kpi.names import label
from storage.kpi.report import shown
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/quality/figures")
Reader = Annotated[Room, Depends(may("kpis", "read"))]
DIMENSIONS: Mapping[By, str] = {
    "actor": "人员", "team": "班组", "channel": "渠道", "label": "触点",
}  # fmt: skip
_PAGE = 50
_DESKS = {"CL": ("claims", "claims"), "CP": ("complaints", "complaints"),
          "TK": ("tickets", "tickets"), "AP": ("applications", "applications")}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row of the ledger with what people call its parts, and where it leads."""

    event: Mapping[str, Any]
    what: str
    path: str
    chat: str


@router.get("")
def page(
    request: Request,
    here: Reader,
    days: Days,
) -> Response:
    """Show every figure of a period with its numerator, denominator and target."""
    span = span_of(here, *days)

    def read(uow: UnitOfWork) -> tuple[Any, Any]:
        counted = figures.tables(uow.connection, span.period)
        return counted, figures.tables(uow.connection, span.period.before, CHARTER_CODES)

    counted, before = here.read(read)
    return show_tab(
        request, here, "quality_figures.html", span=span, tables=counted, before=before,
        charter=CHARTER_CODES, shown=shown, target=target,
    )  # fmt: skip


class Narrowed(BaseModel):
    """To which part of a dimension, and after which row (an id) the page begins."""

    by: Word = ""
    name: Annotated[str, Field(max_length=128)] = ""
    after: Annotated[int, Field(ge=0, le=2**62)] = 0


@router.get("/{code}")
def one(
    request: Request, here: Reader, code: str, days: Days, asked: Annotated[Narrowed, Query()]
) -> Response:
    """Show one figure: what it means, its parts, and its rows, narrowed to one part if wanted."""
    if code not in DEFINITIONS:
        raise Refused(f"没有指标 {code}。")
    span = span_of(here, *days)
    part: Mapping[By, str] = {found: asked.name for found in BYS if found == asked.by}
    wanted = Slice(code, span.period, part)

    def read(uow: UnitOfWork) -> tuple[Any, list[Row], int | None]:
        table = figures.table(uow.connection, DEFINITIONS[code], span.period)
        found = figures.drill(uow.connection, wanted, asked.after, _PAGE)
        mine = set(uow.session.scalars(
            complaint_parties.against(here.parts.cipher, here.staff.name)
        ))  # fmt: skip
        rows = [_row(here, code, event) for event in found if event["case_number"] not in mine]
        return table, rows, int(found[-1]["id"]) if len(found) == _PAGE else None

    table, rows, more = here.read(read)
    return show_tab(
        request, here, "quality_figure.html", span=span, table=table, rows=rows, more=more,
        dimensions=DIMENSIONS, shown=shown, target=target, by=asked.by if part else "",
        name=asked.name, named=named,
    )  # fmt: skip


def _row(here: Room, code: str, event: Mapping[str, Any]) -> Row:
    number, chat = str(event["case_number"] or ""), ""
    desk, resource = _DESKS.get(number[:2], ("", ""))
    path = f"/console/{desk}/{number}" if desk and here.may(resource, "read") else ""
    if event["conversation_id"] and here.may("handoffs", "read"):
        chat = f"/console/inbox?tab=all&c={event['conversation_id']}"
    return Row(event, label(code, str(event["label"])) or "—", path, chat)
