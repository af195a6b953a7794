"""/v1/assessments and /v1/trainings: results, appeals and what is learnt; each sees their own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import Body, Code, Moment, RowId, Word
from bot.api.problems import invalid, missing
from storage import calendars
from storage.assessments import Assessments
from storage.kpi.definition import Period
from storage.ledger import person
from storage.models.quality import Assessment, TrainingTask
from storage.rules.assessment import rules
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1", tags=["assessments 考核与培训"])
Reader = Annotated[Desk, Depends(may("assessments", "read"))]
Maker = Annotated[Desk, Depends(may_create("assessments"))]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1_000)]


class AssessmentView(BaseModel):
    """One person's result of one period; ``body`` is the basis of what is suggested."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    id: int
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    person: str
    team: str
    post: str
    status: str
    body: dict[str, Any]
    appeal: dict[str, Any] | None
    made_at: datetime
    published_at: datetime | None


class TrainingView(BaseModel):
    """Training that a shortfall called for, with the figure before and after."""

    id: int
    person: str
    topic: str
    why: str
    kpi: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    due_on: date
    status: str
    opened_at: datetime
    done_at: datetime | None


class Grades(BaseModel):
    """How results come about: grades, posts with their weights, and what counts when."""

    grades: list[dict[str, Any]]
    posts: dict[str, list[dict[str, Any]]]
    least: int
    usable: float
    cap: float
    appeal_working_days: int


class PeriodIn(Body):
    """A period, both days included; ``publish`` also gives out training and opens improvements."""

    first: Annotated[Moment, Field(alias="from")]
    last: Annotated[Moment, Field(alias="to")]
    publish: bool = False


class AppealIn(Body):
    """What a person says against their result, and why."""

    words: Said


class DecisionIn(Body):
    """The answer to an appeal; ``total`` corrects the result, without it the result stands."""

    reason: Said
    total: Annotated[float | None, Field(ge=0, le=200)] = None


class AssessmentQuery(paging.PageQuery):
    """Filters of the list."""

    person: Word | None = None
    status: Code | None = None
    first: Annotated[Moment | None, Field(alias="from")] = None
    last: Annotated[Moment | None, Field(alias="to")] = None


class TrainingQuery(paging.PageQuery):
    """Filters of the list."""

    person: Word | None = None
    status: Code | None = None


@router.get("/assessments", summary="考核结果", response_model=paging.Page[AssessmentView])
def list_assessments(query: Annotated[AssessmentQuery, Query()], desk: Reader) -> Response:
    """Return results, the newest first; who does not lead sees their own once it is published."""
    statement = select(Assessment)
    if not _sees_all(desk):
        mine = Assessment.person == desk.caller.label
        statement = statement.where(mine, Assessment.status != "draft")
    for column, wanted in (
        (Assessment.person, query.person),
        (Assessment.status, query.status),
        (Assessment.first, query.first and query.first.date()),
        (Assessment.last, query.last and query.last.date()),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Assessment.id)
        items = [_view(one) for one in found]
        return Shown(paging.Page[AssessmentView](items=items, next_cursor=following))

    return desk.show(read, query.reason)


@router.get("/assessments/grades", summary="等级与权重", response_model=Grades)
def get_grades(desk: Reader) -> Response:
    """Return how results come about."""
    table = rules()
    told = Grades(
        grades=[vars(grade) for grade in table.grades],
        posts={post: [vars(m) for m in measures] for post, measures in table.posts.items()},
        least=table.least,
        usable=table.usable,
        cap=table.cap,
        appeal_working_days=table.appeal_working_days,
    )
    return desk.show(lambda _: Shown(told))


@router.post(
    "/assessments", summary="算一期的考核（publish 为发布）",
    response_model=paging.Page[AssessmentView], status_code=201,
)  # fmt: skip
def make_assessments(body: PeriodIn, desk: Maker) -> Response:
    """Work a period out as drafts, or publish it; what is published stays as it was published."""
    if body.first > body.last:
        raise invalid("body.from", "不能晚于 to")
    period = Period(body.first.date(), body.last.date())

    def make(uow: UnitOfWork) -> BaseModel:
        book = _book(uow, desk)
        if body.publish:
            book.publish(period)
            book.weak_spots(period)
        else:
            book.make(period)
        items = [_view(one) for one in book.of(period)]
        return paging.Page[AssessmentView](items=items, next_cursor=None)

    return desk.create(body, make)


@router.post(
    "/assessments/{number}/appeal", summary="申诉（本人，5 个工作日内）",
    response_model=AssessmentView, status_code=201,
)  # fmt: skip
def appeal(
    number: RowId, body: AppealIn, desk: Annotated[Desk, Depends(may_create("assessments", "read"))]
) -> Response:
    """Note what a person says against their own published result."""

    def note(uow: UnitOfWork) -> BaseModel:
        kept = _found(uow, desk, number, mine=True)
        calendar = calendars.load(uow.connection, desk.parts.settings.calendar)
        period = Period(kept.first, kept.last)
        _book(uow, desk).appeal(period, kept.person, body.words, calendar)
        return _view(kept)

    return desk.create(body, note)


@router.post(
    "/assessments/{number}/decision", summary="复核申诉", response_model=AssessmentView,
    status_code=201,
)  # fmt: skip
def decide(number: RowId, body: DecisionIn, desk: Maker) -> Response:
    """Uphold a result or correct it; nobody decides on their own."""

    def work(uow: UnitOfWork) -> BaseModel:
        kept = _found(uow, desk, number, mine=False)
        period = Period(kept.first, kept.last)
        _book(uow, desk).decide(period, kept.person, body.reason, body.total)
        return _view(kept)

    return desk.create(body, work)


@router.get("/trainings", summary="培训任务", response_model=paging.Page[TrainingView])
def list_trainings(
    query: Annotated[TrainingQuery, Query()],
    desk: Annotated[Desk, Depends(may("trainings", "read"))],
) -> Response:
    """Return training tasks, the newest first; who does not lead sees their own."""
    statement = select(TrainingTask)
    if not _sees_all(desk):
        statement = statement.where(TrainingTask.person == desk.caller.label)
    if query.person is not None:
        statement = statement.where(TrainingTask.person == query.person)
    if query.status is not None:
        statement = statement.where(TrainingTask.status == query.status)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, TrainingTask.id)
        items = [_training(task) for task in found]
        return Shown(paging.Page[TrainingView](items=items, next_cursor=following))

    return desk.show(read, query.reason)


@router.post(
    "/trainings/{number}/finish", summary="办结培训（带训后数据）",
    response_model=TrainingView, status_code=201,
)  # fmt: skip
def finish_training(
    number: RowId, body: PeriodIn, desk: Annotated[Desk, Depends(may_create("trainings"))]
) -> Response:
    """Close a task with the figure of a period after the training."""
    if body.first > body.last:
        raise invalid("body.from", "不能晚于 to")
    after = Period(body.first.date(), body.last.date())
    return desk.create(body, lambda uow: _training(_book(uow, desk).finish_training(number, after)))


def _sees_all(desk: Desk) -> bool:
    return desk.caller.may("assessments", "full")


def _book(uow: UnitOfWork, desk: Desk) -> Assessments:
    return Assessments(uow, desk.now, desk.caller.actor)


def _found(uow: UnitOfWork, desk: Desk, number: int, *, mine: bool) -> Assessment:
    kept = uow.session.get(Assessment, number)
    if kept is None or (mine and kept.person != person(desk.caller.actor)):
        raise missing(f"考核结果 {number}")
    return kept


def _view(kept: Assessment) -> AssessmentView:
    return AssessmentView(**{name: getattr(kept, name) for name in AssessmentView.model_fields})


def _training(task: TrainingTask) -> TrainingView:
    return TrainingView(**{name: getattr(task, name) for name in TrainingView.model_fields})
