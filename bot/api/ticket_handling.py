"""/v1/tickets/{number}/…: hand-over, reopening, another promised time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from bot.api.desk import Desk, may_create
from bot.api.fields import PathNumber
from bot.api.ticket_writing import HandoverIn, PromiseIn, ReopenIn, book, find
from bot.api.tickets import TicketDetail, detail
from storage.models.case import Ticket
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/tickets", tags=["tickets 工单"])
Writer = Annotated[Desk, Depends(may_create("tickets"))]


def _worked(
    desk: Desk, number: str, body: BaseModel, do: Callable[[TicketBook, Ticket], None]
) -> Response:
    """Work on a ticket once per Idempotency-Key and show it; it may have left the caller's view."""

    def work(uow: UnitOfWork) -> TicketDetail:
        ticket = find(uow, desk, number, lock=True)
        do(book(uow, desk), ticket)
        return detail(uow, desk, ticket)

    return desk.create(body, work)


@router.post("/{number}/handover", summary="移交", response_model=TicketDetail, status_code=201)
def hand_over(number: PathNumber, body: HandoverIn, desk: Writer) -> Response:
    """Give it to another queue or person; the clock runs on."""
    return _worked(
        desk, number, body, lambda b, t: b.hand_over(t, body.queue, body.owner, body.reason)
    )


@router.post("/{number}/reopen", summary="重开", response_model=TicketDetail, status_code=201)
def reopen(number: PathNumber, body: ReopenIn, desk: Writer) -> Response:
    """Take it up again; its clock begins anew."""
    return _worked(desk, number, body, lambda b, t: b.reopen(t, body.reason))


@router.post(
    "/{number}/promise", summary="改承诺的时间", response_model=TicketDetail, status_code=201
)
def promise(number: PathNumber, body: PromiseIn, desk: Writer) -> Response:
    """Promise another time; the old one stays in the history."""
    return _worked(desk, number, body, lambda b, t: b.promise(t, body.promised_at, body.reason))
