"""/v1/handoffs: requests for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api import paging
from bot.api.conversations import complained_in
from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import Code, Moment, OneQuery, PathNumber, RowId
from bot.api.problems import missing
from bot.back_office import Level
from storage.models.case import Handoff
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/handoffs", tags=["handoffs 转人工"])


class HandoffView(BaseModel):
    """A request for a person; ``package`` is what an agent should know at a glance."""

    number: str
    conversation: int
    level: str
    reason: str
    status: str
    agent: str | None
    opened_at: datetime
    answer_by: datetime
    closed_at: datetime | None
    package: dict[str, Any]


class HandoffQuery(paging.PageQuery):
    """Filters of the list."""

    number: Code | None = None
    status: Literal["open", "taken", "closed"] | None = None
    level: Level | None = None
    conversation: RowId | None = None
    since: Moment | None = None


@router.get("", summary="转人工列表", response_model=paging.Page[HandoffView])
def list_handoffs(
    query: Annotated[HandoffQuery, Query()],
    desk: Annotated[Desk, Depends(may("handoffs", "read"))],
) -> Response:
    """Return requests for a person, the newest first."""
    statement = select(Handoff).where(Handoff.conversation_id.not_in(complained_in(desk)))
    for column, wanted in (
        (Handoff.number, query.number),
        (Handoff.status, query.status),
        (Handoff.level, query.level),
        (Handoff.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.since:
        statement = statement.where(Handoff.opened_at >= query.since)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Handoff.id)
        items = [_view(handoff) for handoff in found]
        page = paging.Page[HandoffView](items=items, next_cursor=following)
        return Shown(page, tuple(_seen(handoff) for handoff in found))

    return desk.show(read, query.reason)


@router.get("/{number}", summary="转人工详情", response_model=HandoffView)
def get_handoff(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("handoffs", "read"))],
) -> Response:
    """Return one request for a person."""

    def read(uow: UnitOfWork) -> Shown:
        mine = Handoff.conversation_id.not_in(complained_in(desk))
        handoff = uow.session.scalar(select(Handoff).where(Handoff.number == number, mine))
        if handoff is None:
            raise missing(f"转人工 {number}")
        return Shown(_view(handoff), (_seen(handoff),))

    return desk.show(read, query.reason)


def _view(handoff: Handoff) -> HandoffView:
    return HandoffView(
        number=handoff.number,
        conversation=handoff.conversation_id,
        level=handoff.level,
        reason=handoff.reason,
        status=handoff.status,
        agent=handoff.agent,
        opened_at=handoff.opened_at,
        answer_by=handoff.answer_by,
        closed_at=handoff.closed_at,
        package=handoff.package,
    )


def _seen(handoff: Handoff) -> Seen:
    return Seen(f"handoff {handoff.number}", conversation_id=handoff.conversation_id)
