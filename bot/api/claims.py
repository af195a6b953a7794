"""/v1/claims."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from starlette.responses import Response

from bot.api import history, paging
from bot.api.claim_detail import detail, seen, show
from bot.api.claim_views import ClaimDetail, ClaimView, claim_view, photo_counts
from bot.api.claim_writing import ClaimIn, ClaimPatch, amend_claim, locked, open_claim, register
from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import ClaimLine, Code, Moment, OneQuery, PathNumber, Plate, RowId, one_of
from bot.api.history import EventView, NoteIn
from storage.models.case import Claim
from storage.statuses import CLAIM_STATUSES
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/claims", tags=["claims 理赔"])


class ClaimQuery(paging.PageQuery):
    """Filters of the list."""

    number: Code | None = None
    status: Annotated[str | None, one_of(CLAIM_STATUSES)] = None
    line: ClaimLine | None = None
    plate: Plate | None = None
    policy_number: Code | None = None
    external_ref: Code | None = None
    track: Literal["fast", "normal", "complex"] | None = None
    due_before: Moment | None = None
    conversation: RowId | None = None
    since: Moment | None = None


@router.get("", summary="报案列表", response_model=paging.Page[ClaimView])
def list_claims(
    query: Annotated[ClaimQuery, Query()], desk: Annotated[Desk, Depends(may("claims", "read"))]
) -> Response:
    """Return claims, the newest first."""
    statement = select(Claim)
    for column, wanted in (
        (Claim.number, query.number),
        (Claim.status, query.status),
        (Claim.line, query.line),
        (Claim.plate, query.plate),
        (Claim.policy_number, query.policy_number),
        (Claim.external_ref, query.external_ref),
        (Claim.track, query.track),
        (Claim.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.due_before:
        statement = statement.where(Claim.due_at <= query.due_before)
    if query.since:
        statement = statement.where(Claim.reported_at >= query.since)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Claim.id)
        photos = photo_counts(uow.session, [claim.number for claim in found])
        full = desk.caller.may("claims", "full")
        items = [claim_view(claim, photos.get(claim.number, 0), full=full) for claim in found]
        page = paging.Page[ClaimView](items=items, next_cursor=following)
        return Shown(page, tuple(seen(claim) for claim in found))

    return desk.show(read, query.reason)


@router.get("/{number}", summary="报案详情", response_model=ClaimDetail)
def get_claim(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("claims", "read"))],
) -> Response:
    """Return one claim with its history."""

    return show(desk, number, query.reason, lambda uow, claim: detail(uow, desk, claim))


@router.post("", summary="登记报案", response_model=ClaimDetail, status_code=201)
def create_claim(body: ClaimIn, desk: Annotated[Desk, Depends(may_create("claims"))]) -> Response:
    """Record a claim that was reported to a clerk."""
    return desk.create(
        body, lambda uow: detail(uow, desk, open_claim(uow, desk, body)), name="number"
    )


@router.patch("/{number}", summary="更正报案", response_model=ClaimDetail)
def patch_claim(
    number: PathNumber,
    body: ClaimPatch,
    desk: Annotated[Desk, Depends(may("claims", "write"))],
) -> Response:
    """Amend facts; null takes one back, and the history keeps what was."""

    def change(uow: UnitOfWork) -> Shown:
        claim = amend_claim(uow, desk, number, body)
        return Shown(detail(uow, desk, claim), (seen(claim),))

    return desk.change(change)


@router.post("/{number}/notes", summary="添加备注", response_model=EventView, status_code=201)
def add_claim_note(
    number: PathNumber, body: NoteIn, desk: Annotated[Desk, Depends(may_create("claims"))]
) -> Response:
    """Add a note to the history."""

    def add(uow: UnitOfWork) -> EventView:
        claim = locked(uow, number)
        noted = history.add(uow, desk, number, "note", {"note": body.text})
        register(uow, desk).changed(claim, "claim.noted", {})
        return noted

    return desk.create(body, add)
