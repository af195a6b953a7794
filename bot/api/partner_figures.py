"""/v1/applications/partners: what came by each partner, and what became of it (S81)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import func, select
from starlette.responses import Response

from bot.advice.partners import partners
from bot.api.application_funnel import FunnelQuery
from bot.api.desk import Desk, Shown, may
from storage.models.application import Application, ApplicationPayment
from storage.models.case import Ticket
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/applications", tags=["applications 投保"])
_DAYS = timedelta(days=30)
_LEAD = "need_plan"
_ISSUED = ("issued", "delivered", "closed")
_MOST = 50_000


class PartnerView(BaseModel):
    """One partner: leads, applications, how many of them became policies, and what was paid."""

    partner: str
    name: str
    leads: int
    applications: int
    issued: int
    open: int
    paid_fen: int


class PartnerFigures(BaseModel):
    """Every partner of the table, the one with the most applications first."""

    since: datetime
    until: datetime
    partners: list[PartnerView]


@router.get("/partners", summary="合作伙伴带来的投保", response_model=PartnerFigures)
def show_partners(
    query: Annotated[FunnelQuery, Query()],
    desk: Annotated[Desk, Depends(may("applications", "read"))],
) -> Response:
    """Count leads and applications of a time by partner; no personal data is in it."""
    since, until = query.since or desk.now - _DAYS, query.until or desk.now

    def read(uow: UnitOfWork) -> Shown:
        return Shown(_figures(uow, since, until))

    return desk.show(read)


def _figures(uow: UnitOfWork, since: datetime, until: datetime) -> PartnerFigures:
    in_time = (Application.opened_at >= since, Application.opened_at <= until)
    by_state = (
        select(Application.partner, Application.status, func.count())
        .where(Application.partner.is_not(None), *in_time)
        .group_by(Application.partner, Application.status)
    )
    paid = (
        select(Application.partner, func.sum(ApplicationPayment.amount_fen))
        .join(ApplicationPayment, ApplicationPayment.application_number == Application.number)
        .where(Application.partner.is_not(None), *in_time)
        .group_by(Application.partner)
    )
    states: dict[str, Counter[str]] = {}
    for partner, status, count in uow.session.execute(by_state):
        states.setdefault(str(partner), Counter())[status] += count
    money = {str(partner): int(fen or 0) for partner, fen in uow.session.execute(paid)}
    leads = _leads(uow, since, until)
    names = {partner.code: partner.name for partner in partners().partners}
    known = dict.fromkeys([*names, *states, *leads])
    views = [_view(code, names, states.get(code, Counter()), leads, money) for code in known]
    views.sort(key=lambda view: (-view.applications, -view.leads))
    return PartnerFigures(since=since, until=until, partners=views)


def _leads(uow: UnitOfWork, since: datetime, until: datetime) -> Counter[str]:
    """Who sent somebody stands in the encrypted facts of the lead: they are read one by one."""
    query = (
        select(Ticket.facts)
        .where(Ticket.kind == _LEAD, Ticket.opened_at >= since, Ticket.opened_at <= until)
        .order_by(Ticket.id.desc())
        .limit(_MOST)
    )
    named = (str(facts.get("partner") or "") for facts in uow.session.scalars(query))
    return Counter(partner for partner in named if partner)


def _view(
    code: str,
    names: Mapping[str, str],
    states: Counter[str],
    leads: Counter[str],
    money: Mapping[str, int],
) -> PartnerView:
    total, issued = states.total(), sum(states[status] for status in _ISSUED)
    ended = sum(states[status] for status in ("withdrawn", "lapsed", "declined"))
    return PartnerView(
        partner=code,
        name=names.get(code, code),
        leads=leads[code],
        applications=total,
        issued=issued,
        open=total - issued - ended,
        paid_fen=money.get(code, 0),
    )
