"""/v1/knowledge/…: versions of entries, from a draft to the approval by another person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import Body, Line, Moment, PathCode, Story
from bot.api.problems import Problem, missing, unfit
from bot.knowledge import pool, seed
from knowledge_base import bodies
from knowledge_base.entries import Basis, Entry
from storage.knowledge_values import Text, Version

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge 知识库"])
_State = Literal["draft", "review", "approved"]
Items = Annotated[tuple[Line, ...], Field(max_length=bodies.MOST_ITEMS)]


class EntryIn(Body):
    """What an entry is to say; the fields are those of the knowledge files."""

    question: Line
    variants: Items = ()
    answer: Story
    source: Annotated[str, Field(max_length=300)] = ""
    basis: Basis = "GK"
    reviewed_on: date | None = None
    review_due: date | None = None
    audience: Annotated[str, Field(max_length=200)] = "public"
    topics: Items = ()
    related: Items = ()
    buttons: Items = ()
    must_contain: Items = ()
    effective_from: Moment | None = None
    expires_at: Moment | None = None
    note: Annotated[str, Field(max_length=500)] = ""


class NoteIn(Body):
    """Why."""

    note: Annotated[str, Field(max_length=400)] = ""


class VersionView(BaseModel):
    """A version of an entry and how far it has come."""

    entry: str
    number: int
    state: str
    gone: bool
    origin: str
    author: str
    reviewer: str | None
    note: str
    effective_from: datetime | None
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    body: dict[str, Any]


class ProposalQuery(paging.PageQuery):
    """Filters of the proposals."""

    state: _State | None = None


def view(version: Version, now: datetime) -> VersionView:
    """Return a version as it is shown."""
    over = version.state == "published" and version.is_expired(now)
    return VersionView(
        entry=version.code,
        number=version.number,
        state="expired" if over else version.state,
        gone=version.gone,
        origin=version.origin,
        author=version.author,
        reviewer=version.reviewer,
        note=version.note,
        effective_from=version.effective_from,
        expires_at=version.expires_at,
        created_at=version.created_at,
        updated_at=version.updated_at,
        body=dict(version.body),
    )


@router.get("/proposals", summary="草稿、待复核、待发布", response_model=paging.Page[VersionView])
def list_proposals(
    query: Annotated[ProposalQuery, Query()],
    desk: Annotated[Desk, Depends(may("knowledge", "write"))],
) -> Response:
    """Return the proposals in the order of their entries."""
    behind = paging.after(desk, query)
    states = (query.state,) if query.state else ("draft", "review", "approved")
    found = desk.parts.transactions.read(lambda uow: uow.knowledge.open(states))
    rest = [version for version in found if behind is None or version.code > behind]
    shown = rest[: query.limit]
    more = len(rest) > len(shown)
    page = paging.Page[VersionView](
        items=[view(version, desk.now) for version in shown],
        next_cursor=paging.cursor(desk, query, shown[-1].code) if more else None,
    )
    return desk.show(lambda _: Shown(page))


@router.get("/{entry}/versions", summary="条目的版本", response_model=paging.Page[VersionView])
def list_versions(
    entry: PathCode, desk: Annotated[Desk, Depends(may("knowledge", "read"))]
) -> Response:
    """Return all versions of an entry, newest first."""
    found = desk.parts.transactions.read(lambda uow: uow.knowledge.history(entry))
    if not found:
        raise missing(f"知识条目 {entry}")
    items = [view(version, desk.now) for version in found]
    return desk.show(lambda _: Shown(paging.Page[VersionView](items=items, next_cursor=None)))


@router.post("/{entry}/draft", summary="起草", status_code=201, response_model=VersionView)
def write_draft(
    entry: PathCode, said: EntryIn, desk: Annotated[Desk, Depends(may_create("knowledge"))]
) -> Response:
    """Write the draft of an entry, over the one that is open."""
    text = _text(entry, said)
    actor = desk.caller.actor
    return desk.create(
        said,
        lambda uow: view(uow.knowledge.draft(text, actor, desk.now, said.note), desk.now),
    )


def _text(code: str, said: EntryIn) -> Text:
    values = said.model_dump(exclude={"note"})
    lists = {name: tuple(values[name]) for name in bodies.LISTS}
    text = seed.text_of(Entry(code, **(values | lists)))
    faults = [
        {"field": f"body.{field}", "reason": f"{problem}。{remedy}"}
        for field, problem, remedy in bodies.faults(code, text.body)
    ]
    if faults:
        raise Problem("invalid", unfit(faults), faults)
    return text


@router.post("/{entry}/withdrawal", summary="提议撤下", status_code=201, response_model=VersionView)
def propose_withdrawal(
    entry: PathCode, said: NoteIn, desk: Annotated[Desk, Depends(may_create("knowledge"))]
) -> Response:
    """Propose to take an entry out."""
    actor = desk.caller.actor
    return desk.create(
        said,
        lambda uow: view(pool.withdrawal(uow, entry, actor, desk.now, said.note), desk.now),
    )


@router.post("/{entry}/submit", summary="提交复核", status_code=201, response_model=VersionView)
def submit(
    entry: PathCode, said: NoteIn, desk: Annotated[Desk, Depends(may_create("knowledge"))]
) -> Response:
    """Hand the draft in for review."""
    actor = desk.caller.actor
    return desk.create(
        said, lambda uow: view(uow.knowledge.submit(entry, actor, desk.now), desk.now)
    )


@router.post("/{entry}/approve", summary="复核通过", status_code=201, response_model=VersionView)
def approve(
    entry: PathCode,
    said: NoteIn,
    desk: Annotated[Desk, Depends(may_create("knowledge", "review"))],
) -> Response:
    """Approve what another person wrote."""
    actor = desk.caller.actor
    return desk.create(
        said, lambda uow: view(uow.knowledge.approve(entry, actor, desk.now), desk.now)
    )


@router.post("/{entry}/reject", summary="退回", status_code=201, response_model=VersionView)
def reject(
    entry: PathCode,
    said: NoteIn,
    desk: Annotated[Desk, Depends(may_create("knowledge", "review"))],
) -> Response:
    """Give a proposal back to its author."""
    note = f"{desk.caller.actor}：{said.note}"
    return desk.create(
        said, lambda uow: view(uow.knowledge.reject(entry, note, desk.now), desk.now)
    )
