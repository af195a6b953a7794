"""/v1/complaints."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api import history, paging
from bot.api.complaint_writing import ComplaintIn, locked, open_complaint
from bot.api.desk import Desk, Seen, Shown, may, may_create
from bot.api.fields import Code, Moment, OneQuery, PathNumber, RowId, Word, one_of
from bot.api.history import EventView, NoteIn
from bot.api.problems import missing
from storage.models.case import Complaint
from storage.statuses import COMPLAINT_STATUSES
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/complaints", tags=["complaints 投诉"])


class ComplaintView(BaseModel):
    """A complaint with its legal date."""

    number: str
    status: str
    status_label: str
    severity: str
    category: str
    channel: str
    owner: str
    next_step: str
    due_on: date
    received_at: datetime
    updated_at: datetime
    decision: str
    conversation: int | None
    story: str
    demand: str
    about: str
    reporter: str
    phone: str


class ComplaintDetail(ComplaintView):
    """A complaint with its history."""

    history: list[EventView]


class ComplaintQuery(paging.PageQuery):
    """Filters of the list."""

    number: Code | None = None
    status: Annotated[str | None, one_of(COMPLAINT_STATUSES)] = None
    severity: Literal["P0", "P1", "P2", "P3"] | None = None
    category: Word | None = None
    conversation: RowId | None = None
    since: Moment | None = None


@router.get("", summary="投诉列表", response_model=paging.Page[ComplaintView])
def list_complaints(
    query: Annotated[ComplaintQuery, Query()],
    desk: Annotated[Desk, Depends(may("complaints", "read"))],
) -> Response:
    """Return complaints, the newest first."""
    statement = select(Complaint)
    for column, wanted in (
        (Complaint.number, query.number),
        (Complaint.status, query.status),
        (Complaint.severity, query.severity),
        (Complaint.category, query.category),
        (Complaint.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.since:
        statement = statement.where(Complaint.received_at >= query.since)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Complaint.id)
        items = [ComplaintView.model_validate(_values(complaint)) for complaint in found]
        page = paging.Page[ComplaintView](items=items, next_cursor=following)
        return Shown(page, tuple(_seen(complaint) for complaint in found))

    return desk.show(read, query.reason)


@router.get("/{number}", summary="投诉详情", response_model=ComplaintDetail)
def get_complaint(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("complaints", "read"))],
) -> Response:
    """Return one complaint with its history."""

    def read(uow: UnitOfWork) -> Shown:
        complaint = uow.cases.complaint(number)
        if complaint is None:
            raise missing(f"投诉 {number}")
        return Shown(_detail(uow, complaint), (_seen(complaint),))

    return desk.show(read, query.reason)


@router.post("", summary="登记投诉", response_model=ComplaintDetail, status_code=201)
def create_complaint(
    body: ComplaintIn, desk: Annotated[Desk, Depends(may_create("complaints"))]
) -> Response:
    """Record a complaint; severity, category and legal date follow from its words and the day."""
    return desk.create(
        body, lambda uow: _detail(uow, open_complaint(uow, desk, body)), name="number"
    )


@router.post("/{number}/notes", summary="添加备注", response_model=EventView, status_code=201)
def add_complaint_note(
    number: PathNumber, body: NoteIn, desk: Annotated[Desk, Depends(may_create("complaints"))]
) -> Response:
    """Add a note to the history."""

    def add(uow: UnitOfWork) -> EventView:
        locked(uow, number).updated_at = desk.now
        return history.add(uow, desk, number, "note", {"note": body.text})

    return desk.create(body, add)


def _values(complaint: Complaint) -> dict[str, Any]:
    label, step = COMPLAINT_STATUSES.get(complaint.status, (complaint.status, ""))
    told = ("story", "demand", "about", "reporter", "phone")
    return {
        "number": complaint.number,
        "status": complaint.status,
        "status_label": label,
        "severity": complaint.severity,
        "category": complaint.category,
        "channel": complaint.channel,
        "owner": complaint.owner,
        "next_step": step,
        "due_on": complaint.due_on,
        "received_at": complaint.received_at,
        "updated_at": complaint.updated_at,
        "decision": complaint.decision,
        "conversation": complaint.conversation_id,
        **{key: str(complaint.facts.get(key) or "") for key in told},
    }


def _detail(uow: UnitOfWork, complaint: Complaint) -> ComplaintDetail:
    uow.session.flush()
    events = history.history(uow.session, complaint.number)
    return ComplaintDetail.model_validate({**_values(complaint), "history": events})


def _seen(complaint: Complaint) -> Seen:
    return Seen(f"complaint {complaint.number}", conversation_id=complaint.conversation_id)
