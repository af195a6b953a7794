"""/v1/content: the content calendar (S7): plan, approval by a second person, record, print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field, StringConstraints
from starlette.responses import Response

from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import Body, Day
from bot.api.problems import invalid
from bot.reports.content import printed
from storage import content_push
from storage.content import ContentCalendar, Text
from storage.models.content import ContentItem
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/content", tags=["content 内容日历"])
_LONGEST = timedelta(days=400)
Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class ContentIn(Body):
    """What is to be said, how and when."""

    topic: Literal["knowledge", "industry"] = "knowledge"
    way: Literal["push", "article"] = "push"
    title: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    body: Annotated[str, StringConstraints(min_length=1, max_length=5_000)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    planned_on: Day
    planned_at: time = time(10)


class StepIn(Body):
    """A step: submit, approve, reject, cancel, or published with where it was posted."""

    step: Literal["submit", "approve", "reject", "cancel", "published"]
    note: Annotated[str, StringConstraints(max_length=500)] = ""


class ContentView(Body):
    """One item; ``counts`` are its touches by state, once it was pushed."""

    number: str
    topic: str
    way: str
    title: str
    body: str
    source: str
    planned_on: date
    planned_at: time
    state: str
    author: str
    approver: str | None
    note: str
    record: str
    done_at: datetime | None
    counts: dict[str, int] = Field(default_factory=dict)


class Calendar(Body):
    """The items between two days."""

    items: list[ContentView]


First = Annotated[Day | None, Query(alias="from", description="缺省今天")]
Last = Annotated[Day | None, Query(alias="to", description="缺省其后 30 天")]


@router.get("", summary="内容日历", response_model=Calendar)
def list_content(
    desk: Annotated[Desk, Depends(may("content", "read"))], first: First = None, last: Last = None
) -> Response:
    """Return what is planned between two days."""
    days = _period(desk, first, last)

    def read(uow: UnitOfWork) -> Shown:
        found = ContentCalendar(uow, desk.now, desk.caller.actor).between(*days)
        return Shown(Calendar(items=[_view(uow, item) for item in found]))

    return desk.show(read)


@router.get("/print", summary="打印内容日历（PDF）")
def print_content(
    desk: Annotated[Desk, Depends(may("content", "read"))], first: First = None, last: Last = None
) -> Response:
    """Return the items between two days as a document for print."""
    days, parts = _period(desk, first, last), desk.parts
    items = parts.transactions.read(
        lambda uow: ContentCalendar(uow, desk.now, desk.caller.actor).between(*days)
    )
    pdf = printed(items, *days, parts.settings, desk.now)
    return Response(pdf, media_type="application/pdf")


@router.post("", summary="计划一条", response_model=ContentView, status_code=201)
def plan_content(
    asked: ContentIn, desk: Annotated[Desk, Depends(may_create("content"))]
) -> Response:
    """Plan an item as a draft."""
    return desk.create(
        asked,
        lambda uow: _view(uow, ContentCalendar(uow, desk.now, desk.caller.actor).add(_text(asked))),
        "number",
    )


@router.put("/{number}", summary="改草稿", response_model=ContentView)
def change_content(
    number: str, asked: ContentIn, desk: Annotated[Desk, Depends(may("content", "write"))]
) -> Response:
    """Write a draft anew."""

    def work(uow: UnitOfWork) -> Shown:
        book = ContentCalendar(uow, desk.now, desk.caller.actor)
        item = book.find(number)
        book.change(item, _text(asked))
        return Shown(_view(uow, item))

    return desk.change(work)


@router.post("/{number}/steps", summary="提交、批准、退回、取消、登记", response_model=ContentView)
def step_content(
    number: str, asked: StepIn, desk: Annotated[Desk, Depends(may_create("content", "approve"))]
) -> Response:
    """Take an item a step on, once per Idempotency-Key; the second person's rule is kept below."""

    def work(uow: UnitOfWork) -> ContentView:
        book = ContentCalendar(uow, desk.now, desk.caller.actor)
        item = book.find(number)
        steps: dict[str, Callable[[], None]] = {
            "submit": lambda: book.submit(item),
            "approve": lambda: book.approve(item),
            "reject": lambda: book.reject(item, asked.note),
            "cancel": lambda: book.cancel(item, asked.note),
            "published": lambda: book.published(item, asked.note),
        }
        steps[asked.step]()
        return _view(uow, item)

    return desk.create(asked, work, status=200)


def _period(desk: Desk, first: date | None, last: date | None) -> tuple[date, date]:
    begin = first or desk.now.date()
    end = last or begin + timedelta(days=30)
    if begin > end or end - begin > _LONGEST:
        raise invalid("query.from", "不能晚于 to，最多 400 天")
    return begin, end


def _text(asked: ContentIn) -> Text:
    return Text(
        asked.topic, asked.way, asked.title, asked.body, asked.source, asked.planned_on,
        asked.planned_at,
    )  # fmt: skip


def _view(uow: UnitOfWork, item: ContentItem) -> ContentView:
    names = set(ContentView.model_fields) - {"counts"}
    counts = content_push.counts(uow, item) if item.state == "sent" else {}
    return ContentView(**{name: getattr(item, name) for name in names}, counts=counts)
