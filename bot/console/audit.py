"""Who saw whom, when and why; and whether the chain of records holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
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


@router.get("")
def page(  # noqa: PLR0913 - a filter each
    request: Request,
    here: Lead,
    who: Word = "",
    q: Word = "",
    days: Word = "7",
    before: Annotated[int | None, Query(ge=1)] = None,
    check: Word = "",
) -> Response:
    """Show the newest disclosures; ``check`` walks the chain as well."""
    since = here.now - timedelta(days=int(days) if days in dict(_DAYS) else 7)
    query = select(AccessLog, Customer.ref).outerjoin(
        Customer, Customer.id == AccessLog.customer_id
    )
    query = query.where(AccessLog.at >= since)
    if who:
        query = query.where(AccessLog.actor == who)
    if words := q.strip():
        query = query.where(
            AccessLog.what.contains(words, autoescape=True) | (Customer.ref == words)
        )
    if before:
        query = query.where(AccessLog.id < before)
    query = query.order_by(AccessLog.id.desc()).limit(_PAGE)

    def read(uow: UnitOfWork) -> tuple[list[Any], list[tuple[str, str]], Verdict | None]:
        rows = [(log, ref) for log, ref in uow.session.execute(query)]
        return rows, colleagues(uow), verify(uow.connection) if check else None

    rows, people, verdict = here.read(read)
    here.saw(f"audit, {len(rows)} rows", "控制台看访问记录")
    return show(
        request, "audit.html", rows=rows, say=audit_words, people=people, verdict=verdict,
        days_offered=_DAYS,
        query={"who": who, "q": words, "days": days},
        older=rows[-1][0].id if len(rows) == _PAGE else None,
    )  # fmt: skip
