"""The feedback box: what customers say, in groups, and the improvement each group leads to."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy import func, select
from starlette.responses import Response

from bot import feedback as sorting
from bot.console import asks
from bot.console.asks import Field, Sent
from bot.console.cases import Word, done
from bot.console.parts import Room, may
from bot.console.quality import ROOT, show_tab
from bot.log import mask
from storage.feedback import FeedbackBox, Told
from storage.kpi.figures import DEFINITIONS
from storage.models.quality import Feedback, FeedbackCluster
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/quality/feedback")
Reader = Annotated[Room, Depends(may("feedback", "read"))]
Writer = Annotated[Room, Depends(may("feedback", "write"))]
Improver = Annotated[Room, Depends(may("improvements", "write"))]
Number = Annotated[int, Path(ge=1, le=2**62)]
CHANNELS = {"chat": "在线", "phone": "电话", "email": "邮件", "form": "填写页"}
STATUSES = {"new": "没归组", "sorted": "已归组", "linked": "在改进", "told": "已告诉客户",
            "closed": "已结束"}  # fmt: skip
_MOST, _GROUPS = 200, 100
_LOOK_BACK = timedelta(days=90)
KPIS = tuple((code, definition.name) for code, definition in DEFINITIONS.items())
ADD = (
    Field("channel", "怎么来的", "choice", required=True,
          options=(("phone", "电话"), ("email", "邮件"))),
    Field("contact", "怎么联系他", "line"),
    Field("words", "客户的话", "story", required=True),
)  # fmt: skip
IMPROVE = (
    Field("title", "要改进什么", "line", required=True),
    Field("kpi", "应当变好的指标", "choice", options=KPIS, help="关闭时看它前后的数；没有就不选"),
)


@dataclass(frozen=True)
class Group:
    """Feedback that means the same."""

    cluster: FeedbackCluster
    leader: str
    count: int
    to_tell: int


@router.get("")
def page(
    request: Request,
    here: Reader,
    status: Word = "",
    channel: Word = "",
    group: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> Response:
    """Show the groups, the largest first, and the pieces of one or of all of them."""
    query = {"status": status if status in STATUSES else "",
             "channel": channel if channel in CHANNELS else ""}  # fmt: skip
    statement = select(Feedback).order_by(Feedback.id.desc()).limit(_MOST)
    if query["status"]:
        statement = statement.where(Feedback.status == query["status"])
    if query["channel"]:
        statement = statement.where(Feedback.channel == query["channel"])
    if group:
        statement = statement.where(Feedback.cluster_id == group)

    def read(uow: UnitOfWork) -> dict[str, Any]:
        return {
            "groups": _groups(uow),
            "pieces": [(one, mask(one.words)) for one in uow.session.scalars(statement)],
            "counts": _counts(uow),
        }

    found = here.read(read)
    here.saw(f"feedback board, {len(found['pieces'])} rows", "控制台看反馈")
    return show_tab(
        request, here, "quality_feedback.html", query=query, group=group, statuses=STATUSES,
        channels=CHANNELS, add=ADD, improve=IMPROVE, key=secrets.token_hex(8),
        write=here.may("feedback", "write"), may_improve=here.may("improvements", "write"),
        chat=here.may("handoffs", "read"), **found,
    )  # fmt: skip


def _groups(uow: UnitOfWork) -> list[Group]:
    counted = func.count().label("pieces")
    query = (
        select(FeedbackCluster, counted, func.count().filter(Feedback.status == "linked"))
        .join(Feedback, Feedback.cluster_id == FeedbackCluster.id)
        .group_by(FeedbackCluster.id)
        .order_by(counted.desc(), FeedbackCluster.id.desc())
        .limit(_GROUPS)
    )
    return [
        Group(one, mask(one.leader), int(count), int(to_tell))
        for one, count, to_tell in uow.session.execute(query)
    ]


def _counts(uow: UnitOfWork) -> dict[str, int]:
    query = select(Feedback.status, func.count()).group_by(Feedback.status)
    return {str(status): int(count) for status, count in uow.session.execute(query)}


@router.post("/add")
def add(request: Request, here: Writer, form: Sent) -> Response:
    """Note what came by telephone or mail; the same press twice is one piece."""
    given = asks.read((*ADD, Field("key", "key", "code", required=True)), form)
    key = f"console:{here.staff.id}:{given['key']}"
    told = Told(key, given["channel"], given["words"], given.get("contact", ""))
    here.change(lambda uow: FeedbackBox(uow, here.now, here.staff.actor).receive(told))
    return done(request, f"{ROOT}/feedback")


@router.post("/sort")
def sort(request: Request, here: Improver) -> Response:
    """Put what is new into groups now instead of within half an hour."""
    since = here.now - _LOOK_BACK
    here.change(lambda uow: sorting.sort(uow, here.now, since, here.staff.actor))
    return done(request, f"{ROOT}/feedback")


@router.post("/groups/{number}/improve")
def improve(request: Request, here: Improver, number: Number, form: Sent) -> Response:
    """Open an improvement for a group; its pieces are linked to it."""
    given = asks.read(IMPROVE, form)

    def begin(uow: UnitOfWork) -> int:
        box = FeedbackBox(uow, here.now, here.staff.actor)
        return box.improve(number, given["title"], given.get("kpi", "")).id

    return done(request, f"{ROOT}/improvements/{here.change(begin)}")


@router.post("/{number}/told")
def told(request: Request, here: Improver, number: Number) -> Response:
    """Note that somebody has told the customer by telephone or mail."""
    here.change(lambda uow: FeedbackBox(uow, here.now, here.staff.actor).mark_told(number))
    return done(request, f"{ROOT}/feedback?status=linked")
