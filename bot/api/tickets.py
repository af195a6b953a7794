"""/v1/tickets: promises that are neither claims nor complaints."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api import history, paging
from bot.api.desk import Desk, Seen, Shown, may, may_create
from bot.api.fields import Code, Moment, OneQuery, PathNumber, RowId
from bot.api.history import EventView
from bot.api.problems import missing
from bot.api.ticket_writing import TicketIn, TicketStatus, open_ticket
from bot.permissions import TICKET_KINDS, sees_ticket
from storage.models.case import Ticket
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/tickets", tags=["tickets 工单"])


class TicketView(BaseModel):
    """A ticket; ``facts`` is what the customer left for it."""

    number: str
    kind: str
    status: str
    opened_at: datetime
    due_at: datetime
    conversation: int | None
    facts: dict[str, Any]


class TicketDetail(TicketView):
    """A ticket with its history."""

    history: list[EventView]


class TicketQuery(paging.PageQuery):
    """Filters of the list."""

    number: Code | None = None
    kind: Code | None = None
    status: Literal["new", "assigned", "waiting_customer", "done", "overdue"] | None = None
    conversation: RowId | None = None
    since: Moment | None = None


@router.get("", summary="工单列表", response_model=paging.Page[TicketView])
def list_tickets(
    query: Annotated[TicketQuery, Query()],
    desk: Annotated[Desk, Depends(may("tickets", "read"))],
) -> Response:
    """Return the tickets that this role works on, the newest first."""
    statement = select(Ticket)
    for column, wanted in (
        (Ticket.number, query.number),
        (Ticket.kind, query.kind),
        (Ticket.status, query.status),
        (Ticket.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.since:
        statement = statement.where(Ticket.opened_at >= query.since)
    if (kinds := TICKET_KINDS.get(desk.caller.role)) is not None:
        statement = statement.where(Ticket.kind.in_(sorted(kinds)))

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Ticket.id)
        items = [TicketView.model_validate(_values(ticket)) for ticket in found]
        page = paging.Page[TicketView](items=items, next_cursor=following)
        return Shown(page, tuple(_seen(ticket) for ticket in found))

    return desk.show(read, query.reason)


@router.get("/{number}", summary="工单详情", response_model=TicketDetail)
def get_ticket(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("tickets", "read"))],
) -> Response:
    """Return one ticket with its history."""

    def read(uow: UnitOfWork) -> Shown:
        ticket = _find(uow, desk, number)
        return Shown(_detail(uow, ticket), (_seen(ticket),))

    return desk.show(read, query.reason)


@router.post("", summary="新建工单", response_model=TicketDetail, status_code=201)
def create_ticket(
    body: TicketIn, desk: Annotated[Desk, Depends(may_create("tickets"))]
) -> Response:
    """Record a promise; it is due some hours after the desk opens next."""
    return desk.create(body, lambda uow: _detail(uow, open_ticket(uow, desk, body)), name="number")


@router.patch("/{number}", summary="更改工单状态", response_model=TicketDetail)
def patch_ticket(
    number: PathNumber,
    body: TicketStatus,
    desk: Annotated[Desk, Depends(may("tickets", "write"))],
) -> Response:
    """Set the status; saying the same twice changes nothing."""

    def change(uow: UnitOfWork) -> Shown:
        ticket = _find(uow, desk, number, lock=True)
        if ticket.status != body.status or body.note:
            data = {"before": ticket.status, "kind": ticket.kind}
            data |= {"note": body.note} if body.note else {}
            history.add(uow, desk, number, body.status, data)
            ticket.status = body.status
        return Shown(_detail(uow, ticket), (_seen(ticket),))

    return desk.change(change)


def _find(uow: UnitOfWork, desk: Desk, number: str, *, lock: bool = False) -> Ticket:
    query = select(Ticket).where(Ticket.number == number)
    ticket = uow.session.scalar(query.with_for_update() if lock else query)
    if ticket is None or not sees_ticket(desk.caller.role, ticket.kind):
        raise missing(f"工单 {number}")
    return ticket


def _values(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "kind": ticket.kind,
        "status": ticket.status,
        "opened_at": ticket.opened_at,
        "due_at": ticket.due_at,
        "conversation": ticket.conversation_id,
        "facts": ticket.facts,
    }


def _detail(uow: UnitOfWork, ticket: Ticket) -> TicketDetail:
    uow.session.flush()
    events = history.history(uow.session, ticket.number)
    return TicketDetail.model_validate({**_values(ticket), "history": events})


def _seen(ticket: Ticket) -> Seen:
    return Seen(f"ticket {ticket.number}", conversation_id=ticket.conversation_id)
