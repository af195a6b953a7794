"""Who saw whom, when and why; and whether the chain of records holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.responses import Response

from bot.console import audit_words
from bot.console.cases import Word, colleagues
from bot.console.pages import show
from bot.console.parts import Room, may
from storage.audit_check import Verdict, verify
from storage.models.customer import AccessLog, Customer
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/audit")
Lead = Annotated[Room, Depends(may("audit", "read"))]
_PAGE = 100
_DAYS = (("1", "今天和昨天"), ("7", "7 天"), ("30", "30 天"), ("365", "一年"))


class Filters(BaseModel):
    """Whose disclosures, of what and of how many days; older ones than ``before`` (an id).

    ``check`` walks the chain as well.
    """

    who: Word = ""
    q: Word = ""
    days: Word = "7"
    before: Annotated[int | None, Field(ge=1)] = None
    check: Word = ""


@router.get("")
def page(request: Request, here: Lead, asked: Annotated[Filters, Query()]) -> Response:
    """Show the newest disclosures."""
    span = int(asked.days) if asked.days in dict(_DAYS) else 7
    since = here.now - timedelta(days=span)
    query = select(AccessLog, Customer.ref).outerjoin(
        Customer, Customer.id == AccessLog.customer_id
    )
    query = query.where(AccessLog.at >= since)
    if asked.who:
        query = query.where(AccessLog.actor == asked.who)
    if words := asked.q.strip():
        query = query.where(
            AccessLog.what.contains(words, autoescape=True) | (Customer.ref == words)
        )
    if asked.before:
        query = query.where(AccessLog.id < asked.before)
    query = query.order_by(AccessLog.id.desc()).limit(_PAGE)

    def read(uow: UnitOfWork) -> tuple[list[Any], list[tuple[str, str]], Verdict | None]:
        rows = [(log, ref) for log, ref in uow.session.execute(query)]
        return rows, colleagues(uow), verify(uow.connection) if asked.check else None

    rows, people, verdict = here.read(read)
    here.saw(f"audit, {len(rows)} rows", "控制台看访问记录")
    return show(
        request, "audit.html", rows=rows, say=audit_words, people=people, verdict=verdict,
        days_offered=_DAYS,
        query={"who": asked.who, "q": words, "days": asked.days},
        older=rows[-1][0].id if len(rows) == _PAGE else None,
    )  # fmt: skip
