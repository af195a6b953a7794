"""/v1/complaints."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from starlette.responses import Response

from bot.api import history, paging
from bot.api.complaint_views import ComplaintDetail, ComplaintView, detail, seen, values
from bot.api.complaint_writing import ComplaintIn, find, open_complaint, visible
from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import Code, Moment, OneQuery, PathNumber, RowId, Word, one_of
from bot.api.history import EventView, NoteIn
from storage.models.case import Complaint
from storage.statuses import COMPLAINT_STATUSES
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/complaints", tags=["complaints 投诉"])


class ComplaintQuery(paging.PageQuery):
    """Filters of the list."""

    number: Code | None = None
    status: Annotated[str | None, one_of(COMPLAINT_STATUSES)] = None
    severity: Literal["P0", "P1", "P2", "P3"] | None = None
    category: Word | None = None
    owner: Word | None = None
    dispute: Word | None = None
    root_cause: Code | None = None
    policy_number: Code | None = None
    claim_number: Code | None = None
    conversation: RowId | None = None
    since: Moment | None = None
    due_before: Moment | None = None


@router.get("", summary="投诉列表", response_model=paging.Page[ComplaintView])
def list_complaints(
    query: Annotated[ComplaintQuery, Query()],
    desk: Annotated[Desk, Depends(may("complaints", "read"))],
) -> Response:
    """Return complaints, the newest first."""
    statement = visible(desk, select(Complaint))
    for column, wanted in (
        (Complaint.number, query.number),
        (Complaint.status, query.status),
        (Complaint.severity, query.severity),
        (Complaint.category, query.category),
        (Complaint.owner, query.owner),
        (Complaint.dispute, query.dispute),
        (Complaint.root_cause, query.root_cause),
        (Complaint.policy_number, query.policy_number),
        (Complaint.claim_number, query.claim_number),
        (Complaint.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.since:
        statement = statement.where(Complaint.received_at >= query.since)
    if query.due_before:
        statement = statement.where(Complaint.due_at < query.due_before)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Complaint.id)
        items = [ComplaintView.model_validate(values(complaint, desk.now)) for complaint in found]
        page = paging.Page[ComplaintView](items=items, next_cursor=following)
        return Shown(page, tuple(seen(complaint) for complaint in found))

    return desk.show(read, query.reason)


@router.get("/{number}", summary="投诉详情", response_model=ComplaintDetail)
def get_complaint(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("complaints", "read"))],
) -> Response:
    """Return one complaint with its history."""

    def read(uow: UnitOfWork) -> Shown:
        complaint = find(uow, desk, number)
        return Shown(detail(uow, desk, complaint), (seen(complaint),))

    return desk.show(read, query.reason)


@router.post("", summary="登记投诉", response_model=ComplaintDetail, status_code=201)
def create_complaint(
    body: ComplaintIn, desk: Annotated[Desk, Depends(may_create("complaints"))]
) -> Response:
    """Record a complaint; severity, category and legal date follow from its words and the day."""
    return desk.create(
        body, lambda uow: detail(uow, desk, open_complaint(uow, desk, body)), name="number"
    )


@router.post("/{number}/notes", summary="添加备注", response_model=EventView, status_code=201)
def add_complaint_note(
    number: PathNumber, body: NoteIn, desk: Annotated[Desk, Depends(may_create("complaints"))]
) -> Response:
    """Add a note to the history."""

    def add(uow: UnitOfWork) -> EventView:
        find(uow, desk, number, lock=True).updated_at = desk.now
        return history.add(uow, desk, number, "note", {"note": body.text})

    return desk.create(body, add)
