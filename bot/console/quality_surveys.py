"""Surveys: who was asked and answered, who is called back about a low score, who was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import ColumnElement, func, select
from starlette.responses import Response

from bot.console.cases import Word
from bot.console.parts import Room, may
from bot.console.quality import Days, show_tab, span_of
from bot.console.tickets import status_of, visible
from bot.log import mask
from bot.reports.names import line_of
from storage import survey_draw
from storage.kpi.definition import EVENT, Period
from storage.models.case import Survey, Ticket
from storage.rules.surveys import rules
from storage.tickets import overdue
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/quality/surveys")
Reader = Annotated[Room, Depends(may("surveys", "read"))]
VIEWS = {"answered": "答了的", "low": "低分", "sent": "等他答", "expired": "没答过期"}
_CALLS = ("feedback", "complaint_review", "complaint_callback")
_MOST = 200
GROUPS = {"person": "个人", "firm": "企业", "": "没核实过身份"}


@dataclass(frozen=True)
class Call:
    """A call that is owed because of an answer."""

    ticket: Ticket
    status: str
    late: bool


@router.get("")
def page(
    request: Request,
    here: Reader,
    days: Days,
    view: Word = "answered",
    about: Word = "",
) -> Response:
    """Show a period: counts, answers, the calls owed, and the reasons for not asking."""
    span = span_of(here, *days, default=0)
    view = view if view in VIEWS else "answered"

    def read(uow: UnitOfWork) -> dict[str, Any]:
        asked = _asked(span.period, about)
        query = select(Survey).where(*asked, _of_view(view)).order_by(Survey.id.desc())
        found = uow.session.scalars(query.limit(_MOST)).all()
        calls = visible(here).where(Ticket.kind.in_(_CALLS), Ticket.status != "done")
        return {
            "surveys": [(one, mask(one.comment)) for one in found],
            "counts": {code: _count(uow, *asked, _of_view(code)) for code in VIEWS},
            "asked": _count(uow, *asked, Survey.status != "skipped"),
            "mean": uow.session.scalar(select(func.avg(Survey.score)).where(*asked)),
            "skipped": _skipped(uow, span.period),
            "strata": survey_draw.coverage(uow, span.period.start, here.now.date()),
            "calls": [
                Call(one, status_of(one.status), overdue(one, here.now))
                for one in uow.session.scalars(calls.order_by(Ticket.due_at).limit(_MOST))
            ],
        }

    found = here.read(read)
    here.saw(f"surveys board, {len(found['surveys'])} rows", "控制台看回访")
    table = rules()
    return show_tab(
        request, here, "quality_surveys.html", span=span, view=view, views=VIEWS, about=about,
        abouts=[(one.about, one.label) for one in (*table.episodes, table.regular)],
        label=table.label, groups=GROUPS, line_of=line_of, low=table.low_score,
        chat=here.may("handoffs", "read"), **found,
    )  # fmt: skip


def _asked(period: Period, about: str) -> list[ColumnElement[bool]]:
    found = [Survey.sent_at >= period.start, Survey.sent_at < period.end]
    return [*found, Survey.about == about] if about else found


def _of_view(view: str) -> ColumnElement[bool]:
    if view == "low":
        return Survey.score <= rules().low_score
    return Survey.status == view


def _count(uow: UnitOfWork, *where: ColumnElement[bool]) -> int:
    return int(uow.session.scalar(select(func.count(Survey.id)).where(*where)) or 0)


def _skipped(uow: UnitOfWork, period: Period) -> list[tuple[str, int]]:
    query = (
        select(EVENT.c.result, func.count().label("times"))
        .where(
            EVENT.c.kind == "survey.skipped", EVENT.c.at >= period.start, EVENT.c.at < period.end
        )
        .group_by(EVENT.c.result)
        .order_by(func.count().desc())
    )
    return [(str(reason), int(times)) for reason, times in uow.connection.execute(query)]
