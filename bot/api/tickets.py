"""/v1/tickets: promises that are neither claims nor complaints."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, and_, or_, select
from starlette.responses import Response

from bot.api import history, paging
from bot.api.desk import Desk, Seen, Shown, may, may_create
from bot.api.fields import Code, Moment, OneQuery, PathNumber, RowId, Word
from bot.api.history import EventView, NoteIn
from bot.api.ticket_writing import Number, TicketIn, TicketStatus, book, find, open_ticket
from bot.permissions import sees_ticket
from storage import complaint_parties
from storage.models.case import Ticket
from storage.rules.ticket_kinds import LEADS, RESTING, table
from storage.tickets import overdue
from storage.unit_of_work import UnitOfWork

Listed = Literal["new", "assigned", "waiting_customer", "restricted", "done", "overdue"]

router = APIRouter(prefix="/v1/tickets", tags=["tickets 工单"])


class TicketView(BaseModel):
    """A ticket; ``facts`` is what the customer left for it."""

    number: str
    kind: str
    title: str
    status: str
    queue: str | None
    owner: str | None
    about: str | None
    opened_at: datetime
    due_at: datetime
    overdue: bool
    closed_at: datetime | None
    conversation: int | None
    facts: dict[str, Any]


class TicketDetail(TicketView):
    """A ticket with its history, and why it is due then."""

    due_reason: str
    history: list[EventView]


class KindView(BaseModel):
    """A kind of ticket, as the table has it."""

    kind: str
    title: str
    queue: str
    department: str
    value: int
    unit: str
    basis: str
    receipt: bool


class KindList(BaseModel):
    """The kinds that the caller may open."""

    items: list[KindView]


class TicketQuery(paging.PageQuery):
    """Filters of the list; ``due_before`` shows what will be late by then."""

    number: Code | None = None
    kind: Code | None = None
    status: Listed | None = None
    queue: Code | None = None
    owner: Word | None = None
    about: Number | None = None
    conversation: RowId | None = None
    since: Moment | None = None
    due_before: Moment | None = None


@router.get("", summary="工单列表", response_model=paging.Page[TicketView])
def list_tickets(
    query: Annotated[TicketQuery, Query()],
    desk: Annotated[Desk, Depends(may("tickets", "read"))],
) -> Response:
    """Return the tickets that this role works on, the newest first."""
    statement = _narrowed(_visible(desk), query, desk.now)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Ticket.id)
        items = [TicketView.model_validate(_values(ticket, desk.now)) for ticket in found]
        page = paging.Page[TicketView](items=items, next_cursor=following)
        return Shown(page, tuple(seen(ticket) for ticket in found))

    return desk.show(read, query.reason)


def _visible(desk: Desk) -> Select[Ticket]:
    """Return the tickets of the caller's kinds and queues, but none about a complaint of them."""
    role, known = desk.caller.role, table()
    seen_kinds = known.seen_by(role)
    kinds: ColumnElement[bool] = Ticket.kind.in_(sorted(seen_kinds))
    if role in LEADS | {"agent"}:
        kinds = Ticket.kind.not_in(sorted(known.kinds.keys() - seen_kinds))
    queues = Ticket.queue.in_(sorted(known.queues_of(role)))
    mine = complaint_parties.against(desk.parts.cipher, desk.caller.label)
    other = or_(Ticket.about.is_(None), Ticket.about.not_in(mine))
    return select(Ticket).where(or_(kinds, queues), other)


def _narrowed(statement: Select[Ticket], query: TicketQuery, now: datetime) -> Select[Ticket]:
    for column, wanted in (
        (Ticket.number, query.number),
        (Ticket.kind, query.kind),
        (Ticket.queue, query.queue),
        (Ticket.owner, query.owner),
        (Ticket.about, query.about),
        (Ticket.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.since:
        statement = statement.where(Ticket.opened_at >= query.since)
    if query.due_before:
        statement = statement.where(Ticket.due_at < query.due_before, Ticket.status != "done")
    if query.status == "overdue":
        return statement.where(_late(now))
    return statement.where(Ticket.status == query.status) if query.status else statement


def _late(now: datetime) -> ColumnElement[bool]:
    return and_(Ticket.status.not_in(RESTING), Ticket.due_at <= now)


@router.get("/kinds", summary="工单种类", response_model=KindList)
def list_kinds(desk: Annotated[Desk, Depends(may("tickets", "read"))]) -> Response:
    """Return the kinds that the caller may open, with queue and clock."""
    items = [
        KindView(
            kind=kind.code,
            title=kind.title,
            queue=kind.queue.code,
            department=kind.queue.title,
            value=kind.rule_for(desk.parts.settings.desk).value,
            unit=kind.rule.unit,
            basis=kind.rule.basis,
            receipt=kind.receipt,
        )
        for kind in table().kinds.values()
        if sees_ticket(desk.caller.role, kind.code)
    ]
    return desk.show(lambda _: Shown(KindList(items=items), ()))


@router.get("/{number}", summary="工单详情", response_model=TicketDetail)
def get_ticket(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("tickets", "read"))],
) -> Response:
    """Return one ticket with its history."""

    def read(uow: UnitOfWork) -> Shown:
        ticket = find(uow, desk, number)
        return Shown(detail(uow, desk, ticket), (seen(ticket),))

    return desk.show(read, query.reason)


@router.post("", summary="新建工单", response_model=TicketDetail, status_code=201)
def create_ticket(
    body: TicketIn, desk: Annotated[Desk, Depends(may_create("tickets"))]
) -> Response:
    """Record a promise; its kind says whose it is and by when."""
    return desk.create(
        body, lambda uow: detail(uow, desk, open_ticket(uow, desk, body)), name="number"
    )


@router.post("/{number}/notes", summary="添加备注", response_model=EventView, status_code=201)
def add_note(
    number: PathNumber, body: NoteIn, desk: Annotated[Desk, Depends(may_create("tickets"))]
) -> Response:
    """Add a note to the history."""

    def add(uow: UnitOfWork) -> EventView:
        find(uow, desk, number, lock=True).updated_at = desk.now
        return history.add(uow, desk, number, "note", {"note": body.text})

    return desk.create(body, add)


@router.patch("/{number}", summary="更改工单状态", response_model=TicketDetail)
def patch_ticket(
    number: PathNumber,
    body: TicketStatus,
    desk: Annotated[Desk, Depends(may("tickets", "write"))],
) -> Response:
    """Set the status; saying the same twice changes nothing."""

    def change(uow: UnitOfWork) -> Shown:
        ticket = find(uow, desk, number, lock=True)
        book(uow, desk).move(ticket, body.status, body.note or "", body.reply or "")
        return Shown(detail(uow, desk, ticket), (seen(ticket),))

    return desk.change(change)


def _values(ticket: Ticket, now: datetime) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "kind": ticket.kind,
        "title": table().find(ticket.kind).title,
        "status": ticket.status,
        "queue": ticket.queue or table().find(ticket.kind).queue.code,
        "owner": ticket.owner,
        "about": ticket.about,
        "opened_at": ticket.opened_at,
        "due_at": ticket.due_at,
        "overdue": overdue(ticket, now),
        "closed_at": ticket.closed_at,
        "conversation": ticket.conversation_id,
        "facts": ticket.facts,
    }


def detail(uow: UnitOfWork, desk: Desk, ticket: Ticket) -> TicketDetail:
    """Return a ticket with its history, and why it is due then."""
    uow.session.flush()
    events = history.history(uow.session, ticket.number)
    reason = book(uow, desk).reason(ticket)
    return TicketDetail.model_validate(
        {**_values(ticket, desk.now), "due_reason": reason, "history": events}
    )


def seen(ticket: Ticket) -> Seen:
    """Return what the access log says about showing this ticket."""
    return Seen(f"ticket {ticket.number}", conversation_id=ticket.conversation_id)
