"""/v1/knowledge/releases and /v1/knowledge/replay: what goes live, and what it would change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import Body
from bot.api.problems import Problem
from bot.errors import Refused
from bot.knowledge import past
from bot.knowledge.releases import Editors, Ready, Unexplained, restore
from knowledge_base.replay import Change, Report
from storage.models.knowledge import OPEN_STATES, KbRelease
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge 知识库"])
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class ReleaseIn(Body):
    """Why the answers that change are right."""

    explanation: Annotated[str, Field(max_length=2_000)] = ""


class ReleaseView(BaseModel):
    """A release: a numbered list of versions that never changes."""

    number: int
    kind: str
    actor: str
    explanation: str
    report: dict[str, Any]
    restores: int | None
    size: int
    created_at: datetime
    live: bool


class ChangeView(BaseModel):
    """A question that would be answered differently."""

    status: str
    source: str
    text: str
    before: str
    before_entry: str
    before_score: float
    after: str
    after_entry: str
    after_score: float


class ReplayView(BaseModel):
    """What the proposals would change."""

    total: int
    matched: int
    counts: dict[str, dict[str, int]]
    to_explain: int
    changes: list[ChangeView]


class ReplayQuery(BaseModel):
    """Which proposals are tried, and how many changes are shown."""

    model_config = ConfigDict(extra="forbid")

    proposals: Literal["approved", "all"] = "all"
    limit: Annotated[int, Field(ge=0, le=1_000)] = 200


@router.get("/releases", summary="发布列表", response_model=paging.Page[ReleaseView])
def list_releases(
    query: Annotated[paging.PageQuery, Query()],
    desk: Annotated[Desk, Depends(may("knowledge", "read"))],
) -> Response:
    """Return releases, newest first."""
    behind = paging.after(desk, query)

    def read(uow: UnitOfWork) -> tuple[list[ReleaseView], int]:
        live = uow.knowledge.live()
        below = int(behind) if behind else None
        found = uow.knowledge.releases(query.limit + 1, below)
        return [_view(release, live) for release in found[: query.limit]], len(found)

    items, found = desk.parts.transactions.read(read)
    more = paging.cursor(desk, query, str(items[-1].number)) if found > len(items) else None
    page = paging.Page[ReleaseView](items=items, next_cursor=more)
    return desk.show(lambda _: Shown(page))


@router.post("/releases", summary="发布", status_code=201, response_model=ReleaseView)
def publish(
    said: ReleaseIn, desk: Annotated[Desk, Depends(may_create("knowledge", "publish"))]
) -> Response:
    """Publish what is approved; 409 while an answer would change and nobody says why."""
    ready = _ready(desk, said)

    def cut(uow: UnitOfWork) -> BaseModel:
        if not isinstance(ready, Ready):
            raise ready
        release = ready.cut(uow, desk.caller.actor, desk.now)
        return _view(release, release.number)

    return desk.create(said, cut, "number")


def _ready(desk: Desk, said: ReleaseIn) -> Ready | Exception:
    """Replay before the transaction. A refusal waits: the same key may have published already."""
    try:
        return _editors(desk).prepare(desk.now, said.explanation)
    except Unexplained as error:
        changes = [_change(change) for change in error.report.changes[:20]]
        listed = [
            {"field": c.text, "reason": f"{c.before_entry} → {c.after_entry}"} for c in changes
        ]
        return Problem("refused", f"{error}。", listed)
    except Refused as error:
        return error


@router.post(
    "/releases/{number}/rollback", summary="回滚", status_code=201, response_model=ReleaseView
)
def roll_back(
    number: Number,
    said: ReleaseIn,
    desk: Annotated[Desk, Depends(may_create("knowledge", "publish"))],
) -> Response:
    """Make an earlier release live again, under a new number."""

    def back(uow: UnitOfWork) -> BaseModel:
        actor = desk.caller.actor
        release = restore(uow, number, actor, desk.now, said.explanation)
        return _view(release, release.number)

    return desk.create(said, back)


@router.get("/replay", summary="试一遍会改变什么", response_model=ReplayView)
def replay(
    query: Annotated[ReplayQuery, Query()],
    desk: Annotated[Desk, Depends(may("knowledge", "write"))],
) -> Response:
    """Match every past question, test question and wording against what is proposed."""
    states = OPEN_STATES if query.proposals == "all" else ("approved",)
    report = _editors(desk).replay(desk.now, states)
    return desk.show(lambda _: Shown(_report(report, query.limit)))


def _editors(desk: Desk) -> Editors:
    if desk.parts.editors is None:
        raise Problem("not_found", "这个服务没有装载知识库。")
    return desk.parts.editors


def _view(release: KbRelease, live: int) -> ReleaseView:
    return ReleaseView(
        number=release.number,
        kind=release.kind,
        actor=release.actor,
        explanation=release.explanation,
        report=release.report,
        restores=release.restores,
        size=release.size,
        created_at=release.created_at,
        live=release.number == live,
    )


def _report(report: Report, limit: int) -> ReplayView:
    return ReplayView(
        total=report.total,
        matched=report.matched,
        counts={kind: dict(counter) for kind, counter in report.counts.items()},
        to_explain=report.to_explain,
        changes=[_change(change) for change in report.changes[:limit]],
    )


def _change(change: Change) -> ChangeView:
    return ChangeView(
        status=change.status,
        source=change.asked.kind,
        text=past.shown(change.asked.text),
        before=change.before.outcome,
        before_entry=change.before.first,
        before_score=round(change.before.score, 4),
        after=change.after.outcome,
        after_entry=change.after.first,
        after_score=round(change.after.score, 4),
    )
