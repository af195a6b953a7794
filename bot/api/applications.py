"""/v1/applications: wishes for cover on their way to a policy."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from bot.api import history, paging
from bot.api.application_views import (
    ApplicationDetail,
    ApplicationView,
    application_view,
    book_of,
    detail,
    seen,
)
from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import Body, Code, Moment, OneQuery, PathNumber, RowId, Story
from bot.api.history import EventView, NoteIn
from bot.api.problems import missing
from storage.models.application import Application
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/applications", tags=["applications 投保"])
Values = Annotated[
    dict[str, Any],
    Field(description="投保意向表的各项，键和取值见 bot/advice/form.yaml；null 收回一项"),
]


class ApplicationIn(Body):
    """An application taken down by a clerk; ``told`` is what was explained, if it was."""

    kind: Code
    values: Values
    note: Story | None = None
    conversation: RowId | None = None


class ApplicationPatch(Body):
    """What a clerk may change: the answers of the form."""

    values: Values


class ApplicationQuery(paging.PageQuery):
    """Filters of the list."""

    number: Code | None = None
    kind: Code | None = None
    status: Code | None = None
    partner: Code | None = None
    policy_number: Code | None = None
    conversation: RowId | None = None
    due_before: Moment | None = None
    since: Moment | None = None


@router.get("", summary="投保列表", response_model=paging.Page[ApplicationView])
def list_applications(
    query: Annotated[ApplicationQuery, Query()],
    desk: Annotated[Desk, Depends(may("applications", "read"))],
) -> Response:
    """Return applications, the newest first; with due_before, what waits too long."""
    statement = select(Application)
    for column, wanted in (
        (Application.number, query.number),
        (Application.kind, query.kind),
        (Application.status, query.status),
        (Application.partner, query.partner),
        (Application.policy_number, query.policy_number),
        (Application.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.due_before:
        statement = statement.where(Application.due_at <= query.due_before)
    if query.since:
        statement = statement.where(Application.opened_at >= query.since)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Application.id)
        full = desk.caller.may("applications", "full")
        items = [application_view(application, full=full) for application in found]
        page = paging.Page[ApplicationView](items=items, next_cursor=following)
        return Shown(page, tuple(map(seen, found)))

    return desk.show(read, query.reason)


@router.get("/{number}", summary="投保详情", response_model=ApplicationDetail)
def get_application(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("applications", "read"))],
) -> Response:
    """Return one application with its history."""

    def read(uow: UnitOfWork) -> Shown:
        statement = select(Application).where(Application.number == number)
        application = uow.session.scalar(statement)
        if application is None:
            raise missing(f"投保 {number}")
        return Shown(detail(uow, desk, application), (seen(application),))

    return desk.show(read, query.reason)


@router.post("", summary="登记投保", response_model=ApplicationDetail, status_code=201)
def create_application(
    body: ApplicationIn, desk: Annotated[Desk, Depends(may_create("applications"))]
) -> Response:
    """Record an application that a clerk takes down for a customer (S9)."""

    def create(uow: UnitOfWork) -> ApplicationDetail:
        history.check_conversation(uow, body.conversation)
        facts = {**body.values, "kind": body.kind}
        if body.note:
            facts["words"] = body.note
        application = book_of(uow, desk).open(facts, {}, body.conversation)
        return detail(uow, desk, application)

    return desk.create(body, create, name="number")


@router.patch("/{number}", summary="更正投保", response_model=ApplicationDetail)
def patch_application(
    number: PathNumber,
    body: ApplicationPatch,
    desk: Annotated[Desk, Depends(may("applications", "handle"))],
) -> Response:
    """Change answers; the customer sees what was changed before signing (S10)."""

    def change(uow: UnitOfWork) -> Shown:
        book = book_of(uow, desk)
        application = book.locked(number)
        if application is None:
            raise missing(f"投保 {number}")
        book.amend(application, body.values)
        return Shown(detail(uow, desk, application), (seen(application),))

    return desk.change(change)


@router.post("/{number}/notes", summary="添加备注", response_model=EventView, status_code=201)
def add_application_note(
    number: PathNumber, body: NoteIn, desk: Annotated[Desk, Depends(may_create("applications"))]
) -> Response:
    """Add a note to the history."""

    def add(uow: UnitOfWork) -> EventView:
        if book_of(uow, desk).locked(number) is None:
            raise missing(f"投保 {number}")
        return history.add(uow, desk, number, "note", {"note": body.text})

    return desk.create(body, add)
