"""/v1/feedback, /v1/improvements, /v1/qa-samples: what was said, what is done, what was found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Seen, Shown, may, may_create
from bot.api.fields import Body, Code, RowId, Story
from bot.api.problems import Problem
from storage.feedback import FeedbackBox, Told
from storage.models.quality import Feedback, Improvement, QaSample
from storage.supervision import Supervision
from storage.unit_of_work import UnitOfWork

M = TypeVar("M", Feedback, Improvement, QaSample)
V = TypeVar("V", bound=BaseModel)
router = APIRouter(prefix="/v1", tags=["feedback 反馈与改进"])


class FeedbackView(BaseModel):
    """One piece of feedback."""

    id: int
    at: datetime
    channel: str
    nature: str
    category: str
    cluster: int | None
    status: str
    words: str
    told_at: datetime | None


class FeedbackIn(Body):
    """What a customer said, as somebody noted it or a form sent it; ``key`` repeats nothing."""

    channel: Literal["chat", "phone", "email", "form"]
    words: Story
    contact: Annotated[str, StringConstraints(max_length=200)] = ""
    key: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    conversation: RowId | None = None


class ImprovementView(BaseModel):
    """A measure with its figures before and after."""

    id: int
    title: str
    source: str
    cause: str
    measure: str
    owner: str
    due_on: date | None
    status: str
    kpi: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    result: str
    opened_at: datetime
    closed_at: datetime | None


class SampleView(BaseModel):
    """Something to look at, why, and what was found."""

    id: int
    subject: str
    conversation: int | None
    agent: str
    why: list[str]
    status: str
    scores: dict[str, int] | None
    vetoes: list[str] | None
    total: int | None
    ticket: str | None


class ScoreIn(Body):
    """A filled scorecard."""

    scores: dict[str, Annotated[int, Field(ge=0, le=100)]]
    vetoes: tuple[str, ...] = ()
    comment: Annotated[str, StringConstraints(max_length=1000)] = ""


class StatusQuery(paging.PageQuery):
    """Filter of the lists."""

    status: Code | None = None


@router.get("/feedback", summary="反馈列表", response_model=paging.Page[FeedbackView])
def list_feedback(
    query: Annotated[StatusQuery, Query()],
    desk: Annotated[Desk, Depends(may("feedback", "read"))],
) -> Response:
    """Return feedback, the newest first."""
    return _listed(desk, query, Feedback, _feedback, paging.Page[FeedbackView])


@router.post("/feedback", summary="登记反馈", response_model=FeedbackView, status_code=201)
def create_feedback(
    body: FeedbackIn, desk: Annotated[Desk, Depends(may_create("feedback"))]
) -> Response:
    """Put a piece into the box."""

    def make(uow: UnitOfWork) -> BaseModel:
        told = Told(f"api:{body.key}", body.channel, body.words, body.contact, body.conversation)
        piece = FeedbackBox(uow, desk.now, desk.caller.actor).receive(told)
        if piece is None:
            raise Problem("conflict", f"key 为 {body.key} 的反馈已经登记过。")
        return _feedback(piece)

    return desk.create(body, make, name="id")


@router.get("/improvements", summary="改进台账", response_model=paging.Page[ImprovementView])
def list_improvements(
    query: Annotated[StatusQuery, Query()],
    desk: Annotated[Desk, Depends(may("improvements", "read"))],
) -> Response:
    """Return improvements, the newest first."""
    return _listed(desk, query, Improvement, _improvement, paging.Page[ImprovementView])


@router.get("/qa-samples", summary="质检抽样", response_model=paging.Page[SampleView])
def list_samples(
    query: Annotated[StatusQuery, Query()],
    desk: Annotated[Desk, Depends(may("qa-samples", "read"))],
) -> Response:
    """Return samples, the newest first."""
    return _listed(desk, query, QaSample, _sample, paging.Page[SampleView])


@router.patch("/qa-samples/{number}", summary="填评分表", response_model=SampleView)
def score_sample(
    number: RowId, body: ScoreIn, desk: Annotated[Desk, Depends(may("qa-samples", "write"))]
) -> Response:
    """Fill in the scorecard of a sample."""

    def change(uow: UnitOfWork) -> Shown:
        book = Supervision(uow, desk.now, desk.caller.actor)
        return Shown(_sample(book.score(number, body.scores, body.vetoes, body.comment)))

    return desk.change(change)


def _listed(
    desk: Desk,
    query: StatusQuery,
    model: type[M],
    view: Callable[[M], V],
    kind: type[paging.Page[V]],
) -> Response:
    """Return a page of rows in the wanted state, the newest first, and record whose they are."""
    statement = select(model)
    if query.status:
        statement = statement.where(model.status == query.status)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, model.id)
        page = kind(items=list(map(view, found)), next_cursor=following)
        return Shown(page, tuple(seen for row in found for seen in _seen(row)))

    return desk.show(read, query.reason)


def _seen(row: object) -> tuple[Seen, ...]:
    """Only feedback is a customer's own words; a measure and a sample name nobody."""
    if isinstance(row, Feedback):
        return (Seen(f"feedback {row.id}", row.conversation_id),)
    return ()


def _improvement(item: Improvement) -> ImprovementView:
    return ImprovementView.model_validate(
        {name: getattr(item, name) for name in ImprovementView.model_fields}
    )


def _feedback(piece: Feedback) -> FeedbackView:
    return FeedbackView(
        id=piece.id,
        at=piece.at,
        channel=piece.channel,
        nature=piece.nature,
        category=piece.category,
        cluster=piece.cluster_id,
        status=piece.status,
        words=piece.words,
        told_at=piece.told_at,
    )


def _sample(sample: QaSample) -> SampleView:
    return SampleView(
        id=sample.id,
        subject=sample.subject,
        conversation=sample.conversation_id,
        agent=sample.agent,
        why=sample.why,
        status=sample.status,
        scores=sample.scores,
        vetoes=sample.vetoes,
        total=sample.total,
        ticket=sample.ticket_number,
    )
