"""/v1/endorsements: changes, surrenders, paper copies and invoices, from request to end."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field, StringConstraints
from sqlalchemy import select
from starlette.responses import Response

from bot.api import history, paging
from bot.api.desk import Desk, Shown, may, may_create
from bot.api.endorsement_views import EndorsementDetail, EndorsementView, detail, seen, values
from bot.api.fields import (
    Body,
    Code,
    Line,
    Moment,
    OneQuery,
    PathNumber,
    Phone,
    Plate,
    RowId,
    Story,
    Word,
)
from bot.api.history import EventView, NoteIn
from bot.api.problems import missing
from storage.models.service import ServiceRequest
from storage.services import Services
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/endorsements", tags=["endorsements 保单变更与服务"])
Family = Literal["endorsement", "paper", "invoice"]
State = Literal[
    "documents_due", "reviewing", "returned", "approved", "endorsed", "refunded", "declined",
    "withdrawn", "requested", "printed", "posted", "ready", "received", "issued",
]  # fmt: skip
DocumentName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class RefundIn(Body):
    """Where a refund went: back the way it was paid, or to the policyholder's own account."""

    way: Literal["original", "account"]
    account_holder: Word | None = None
    account_tail: Annotated[str, StringConstraints(pattern=r"^\d{4}$")] | None = None


class TransitionIn(Body):
    """A step; what it takes depends on where it goes, and a refusal says what is lacking."""

    to: State
    reason: Story | None = None
    missing: Annotated[list[DocumentName], Field(min_length=1, max_length=20)] | None = None
    identity_check: Literal["video", "counter", "two_people"] | None = None
    document_no: Code | None = None
    effective_at: Moment | None = None
    tracking_no: Code | None = None
    outlet: Line | None = None
    ground: Literal["deregistered", "stopped", "lost"] | None = None
    refund: RefundIn | None = None
    plate: Plate | None = None
    phone: Phone | None = None
    note: Story | None = None


class DocumentIn(Body):
    """What became of a document; an unknown name is added to the list."""

    name: DocumentName
    status: Literal["wanted", "received", "accepted", "rejected", "waived"] = "received"
    reason: Line | None = None


class EndorsementQuery(paging.PageQuery):
    """Filters of the list."""

    number: Code | None = None
    family: Family | None = None
    kind: Code | None = None
    status: Code | None = None
    policy_number: Code | None = None
    conversation: RowId | None = None
    due_before: Moment | None = None
    since: Moment | None = None


@router.get("", summary="申请列表", response_model=paging.Page[EndorsementView])
def list_endorsements(
    query: Annotated[EndorsementQuery, Query()],
    desk: Annotated[Desk, Depends(may("endorsements", "read"))],
) -> Response:
    """Return requests, the newest first."""
    statement = select(ServiceRequest)
    for column, wanted in (
        (ServiceRequest.number, query.number),
        (ServiceRequest.family, query.family),
        (ServiceRequest.kind, query.kind),
        (ServiceRequest.status, query.status),
        (ServiceRequest.policy_number, query.policy_number),
        (ServiceRequest.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.due_before:
        statement = statement.where(ServiceRequest.due_at <= query.due_before)
    if query.since:
        statement = statement.where(ServiceRequest.opened_at >= query.since)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, ServiceRequest.id)
        full = desk.caller.may("endorsements", "full")
        items = [EndorsementView.model_validate(values(each, full=full)) for each in found]
        page = paging.Page[EndorsementView](items=items, next_cursor=following)
        return Shown(page, tuple(map(seen, found)))

    return desk.show(read, query.reason)


@router.get("/{number}", summary="申请详情", response_model=EndorsementDetail)
def get_endorsement(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("endorsements", "read"))],
) -> Response:
    """Return one request with its documents and history."""

    def read(uow: UnitOfWork) -> Shown:
        request = _find(_book(uow, desk), number)
        return Shown(detail(uow, desk, request), (seen(request),))

    return desk.show(read, query.reason)


@router.post(
    "/{number}/transitions", summary="推进申请", response_model=EndorsementDetail, status_code=201
)
def move_endorsement(
    number: PathNumber,
    body: TransitionIn,
    desk: Annotated[Desk, Depends(may_create("endorsements", "handle"))],
) -> Response:
    """Take a request to another state, once per Idempotency-Key; the customer is told."""

    def move(uow: UnitOfWork) -> EndorsementDetail:
        book = _book(uow, desk)
        request = _find(book, number, lock=True)
        book.move(request, body.to, _given(body))
        return detail(uow, desk, request)

    return desk.create(body, move)


def _given(body: TransitionIn) -> dict[str, Any]:
    given = body.model_dump(exclude_none=True, exclude={"to", "effective_at"})
    return given | ({"effective_at": body.effective_at} if body.effective_at else {})


@router.post(
    "/{number}/documents", summary="登记材料", response_model=EndorsementDetail, status_code=201
)
def put_document(
    number: PathNumber,
    body: DocumentIn,
    desk: Annotated[Desk, Depends(may_create("endorsements", "handle"))],
) -> Response:
    """Write down that a document came, was refused, or is not needed."""

    def put(uow: UnitOfWork) -> EndorsementDetail:
        book = _book(uow, desk)
        request = _find(book, number, lock=True)
        book.document(request, body.name, body.status, body.reason or "")
        return detail(uow, desk, request)

    return desk.create(body, put)


@router.post("/{number}/notes", summary="添加备注", response_model=EventView, status_code=201)
def add_note(
    number: PathNumber,
    body: NoteIn,
    desk: Annotated[Desk, Depends(may_create("endorsements"))],
) -> Response:
    """Add a note to the history."""

    def add(uow: UnitOfWork) -> EventView:
        _find(_book(uow, desk), number, lock=True)
        return history.add(uow, desk, number, "note", {"note": body.text})

    return desk.create(body, add)


def _book(uow: UnitOfWork, desk: Desk) -> Services:
    parts = desk.parts
    return Services(uow, parts.cipher, parts.settings, desk.now, desk.caller.actor)


def _find(book: Services, number: str, *, lock: bool = False) -> ServiceRequest:
    if (request := book.find(number, lock=lock)) is None:
        raise missing(f"申请 {number}")
    return request
