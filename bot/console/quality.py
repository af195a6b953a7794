"""What the pages of service quality share: their tabs, the period, who may open which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from bot.console.pages import show
from bot.console.parts import Room, room
from bot.errors import Refused
from bot.permissions import Action
from storage import personal_notices
from storage.kpi.definition import Period

ROOT: Final = "/console/quality"
router = APIRouter(prefix=ROOT)
Anybody = Annotated[Room, Depends(room)]
Day = Annotated[str, Query(max_length=10)]
_LONGEST = timedelta(days=800)


@dataclass(frozen=True)
class Tab:
    """A page of service quality and what must be allowed for it."""

    path: str
    title: str
    resource: str
    action: Action = "read"


TABS: Final = (
    Tab(f"{ROOT}/figures", "指标", "kpis"),
    Tab(f"{ROOT}/samples", "质检", "qa-samples"),
    Tab(f"{ROOT}/feedback", "反馈", "feedback"),
    Tab(f"{ROOT}/improvements", "改进", "improvements"),
    Tab(f"{ROOT}/surveys", "回访", "surveys"),
    Tab(f"{ROOT}/assessments", "考核", "assessments", "full"),
    Tab(f"{ROOT}/reports", "报表", "kpis"),
    Tab(f"{ROOT}/mine", "我的考核", "assessments"),
)


def tabs_of(here: Room) -> list[Tab]:
    """Return the tabs that a person may open."""
    return [tab for tab in TABS if here.may(tab.resource, tab.action)]


def show_tab(request: Request, here: Room, template: str, **context: Any) -> Response:
    """Return a page with its tabs."""
    return show(request, template, tabs=tabs_of(here), **context)


@router.get("")
def landing(here: Anybody) -> Response:
    """Open the first page that this person may see."""
    return RedirectResponse(tabs_of(here)[0].path, 303)


@router.get("/notices")
def notices(request: Request, here: Anybody) -> Response:
    """Show the bell with what this person has not seen; nothing where there is nothing."""
    me = here.staff.name

    def read(uow: Any) -> tuple[int, Any]:
        return personal_notices.unseen(uow, me), personal_notices.of(uow, me, 8)

    count, newest = here.read(read)
    return show(request, "_notices.html", count=count, newest=newest)


@dataclass(frozen=True)
class Span:
    """A period as it was asked for, and the shortcuts beside it."""

    period: Period
    shortcuts: Sequence[tuple[str, Period]]

    @property
    def query(self) -> str:
        """Return it as part of an address."""
        return f"from={self.period.first}&to={self.period.last}"


def _days(
    first: Annotated[Day, Query(alias="from")] = "", last: Annotated[Day, Query(alias="to")] = ""
) -> tuple[str, str]:
    return first, last


# The days of a page's address, as they were typed: ``from`` and ``to``.
Days = Annotated[tuple[str, str], Depends(_days)]


def span_of(here: Room, first: str, last: str, default: int = 1) -> Span:
    """Return the period that was asked for; without one, the shortcut at place ``default``."""
    short = _shortcuts(here.now.date())
    if not first and not last:
        return Span(short[default][1], short)
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise Refused("请选开始和结束的日期。") from None
    if period.first > period.last or period.last - period.first > _LONGEST:
        raise Refused("开始的日期不能晚于结束的，一次最多看 800 天。")
    return Span(period, short)


def _shortcuts(today: date) -> list[tuple[str, Period]]:
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [
        ("近 30 天", Period(today - timedelta(days=29), today)),
        ("本月", Period(month, today)),
        ("上月", Period(before.replace(day=1), before)),
        ("本季", Period(quarter, today)),
    ]
