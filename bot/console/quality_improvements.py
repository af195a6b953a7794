"""The improvement ledger: what is mended, by whom, until when, and whether it helped (S83, S87)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy import func, select
from starlette.responses import Response

from bot.console import asks
from bot.console.asks import Field, Sent
from bot.console.cases import Word, colleagues, done
from bot.console.parts import Room, may
from bot.console.quality import ROOT, show_tab, span_of
from bot.console.quality_feedback import KPIS
from bot.errors import Refused
from bot.log import mask
from storage.feedback import FeedbackBox
from storage.improvements import OPEN, Finding, Improvements
from storage.kpi.figures import DEFINITIONS, Sums, figure
from storage.kpi.report import shown
from storage.models.quality import Feedback, FeedbackCluster, Improvement
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/quality/improvements")
Reader = Annotated[Room, Depends(may("improvements", "read"))]
Writer = Annotated[Room, Depends(may("improvements", "write"))]
Number = Annotated[int, Path(ge=1, le=2**62)]
STATUSES = {"open": "没人认", "doing": "在改", "done": "改好了", "dropped": "不做"}
SOURCES = {"feedback": "客户反馈", "kpi": "指标偏低", "complaint": "投诉根因", "case": "案例讲评",
           "staff": "同事提出"}  # fmt: skip
_BY_HAND = ("case", "staff")
_METHODS = ("简化手续", "减少审批", "优化系统", "培训", "精益", "流程再造")
_MOST = 200
NEW = (
    Field("source", "从哪来", "choice", required=True,
          options=tuple((code, SOURCES[code]) for code in _BY_HAND)),
    Field("cause", "案件号或起因", "line", help="案例讲评写案件号"),
    Field("title", "要改进什么", "line", required=True),
    Field("kpi", "应当变好的指标", "choice", options=KPIS),
)  # fmt: skip
CLOSE = (
    Field("result", "结果（会告诉提过的客户）", "story", required=True),
    Field("first", "改进后：从", "date"),
    Field("last", "到", "date"),
)
DROP = (Field("reason", "为什么不做", required=True),)


def _take(people: asks.Options) -> tuple[Field, ...]:
    return (
        Field("measure", "措施", "story", required=True),
        Field("owner", "负责人", "choice", required=True, options=people),
        Field("due", "期限", "date", required=True),
        Field("method", "方法", "choice", options=tuple((one, one) for one in _METHODS)),
    )


@router.get("")
def page(request: Request, here: Reader, status: Word = "") -> Response:
    """Show the items in one state, or those that are not over."""
    wanted = (status,) if status in STATUSES else OPEN

    def read(uow: UnitOfWork) -> tuple[Any, dict[str, int]]:
        query = select(Improvement).where(Improvement.status.in_(wanted))
        found = uow.session.scalars(query.order_by(Improvement.id.desc()).limit(_MOST)).all()
        counts = select(Improvement.status, func.count()).group_by(Improvement.status)
        return found, {str(code): int(n) for code, n in uow.session.execute(counts)}

    items, counts = here.read(read)
    return show_tab(
        request, here, "quality_improvements.html", items=items, counts=counts, new=NEW,
        statuses=STATUSES, view=status if status in STATUSES else "", sources=SOURCES,
        write=here.may("improvements", "write"),
    )  # fmt: skip


@router.post("/new")
def new(request: Request, here: Writer, form: Sent) -> Response:
    """Open an item by hand, after talking a case over or because a colleague has an idea."""
    given = asks.read(NEW, form)
    finding = Finding(
        given["title"], given["source"], given.get("cause", ""), kpi=given.get("kpi", ""),
        period=span_of(here, "", "").period,
    )  # fmt: skip
    number = here.change(lambda uow: _book(uow, here).propose(finding).id)
    return done(request, f"{ROOT}/improvements/{number}")


@router.get("/{number}")
def one(request: Request, here: Reader, number: Number) -> Response:
    """Show one item with its figures before and after and what customers said."""

    def read(uow: UnitOfWork) -> tuple[Improvement, list[tuple[Feedback, str]], asks.Options]:
        item = uow.session.get(Improvement, number)
        if item is None:
            raise Refused(f"没有第 {number} 项改进。")
        query = (
            select(Feedback)
            .join(FeedbackCluster, FeedbackCluster.id == Feedback.cluster_id)
            .where(FeedbackCluster.improvement_id == number)
        )
        pieces = uow.session.scalars(query.order_by(Feedback.id).limit(_MOST))
        return item, [(piece, mask(piece.words)) for piece in pieces], colleagues(uow)

    item, pieces, people = here.read(read)
    return show_tab(
        request, here, "quality_improvement.html", one=item, pieces=pieces, take=_take(people),
        close=CLOSE, drop=DROP, statuses=STATUSES, sources=SOURCES,
        write=here.may("improvements", "write"), before=_shown(item.kpi, item.before),
        after=_shown(item.kpi, item.after), kpi=DEFINITIONS.get(item.kpi),
    )  # fmt: skip


def _shown(code: str, counted: dict[str, Any] | None) -> str:
    """Return a figure as it stood when it was taken."""
    if not counted or code not in DEFINITIONS:
        return "—"
    value = counted.get("value")
    if value is None:
        return "没有可数的行"
    sums = Sums(counted["rows"], counted["hits"])
    one = figure(DEFINITIONS[code], sums)
    words = shown(one) if DEFINITIONS[code].kind in ("share", "count") else f"{value:.2f}"
    return f"{words}（{counted['hits']} / {counted['rows']}，{counted['from']} 至 {counted['to']}）"


@router.post("/{number}/take")
def take(request: Request, here: Writer, number: Number, form: Sent) -> Response:
    """Say what is done, by whom, until when."""
    given = asks.read(_take(here.read(colleagues)), form)
    due = date.fromisoformat(given["due"])
    here.change(
        lambda uow: _book(uow, here).take_on(
            number, given["measure"], given["owner"], due, given.get("method", "")
        )
    )
    return done(request, f"{ROOT}/improvements/{number}")


@router.post("/{number}/close")
def close(request: Request, here: Writer, number: Number, form: Sent) -> Response:
    """Close with what came of it, and tell the customers who had asked for it."""
    given = asks.read(CLOSE, form)
    dates = (given.get("first", ""), given.get("last", ""))
    after = span_of(here, *dates).period if any(dates) else None

    def finish(uow: UnitOfWork) -> None:
        _book(uow, here).close(number, given["result"], after)
        uow.session.flush()
        FeedbackBox(uow, here.now, here.staff.actor).tell(number)

    here.change(finish)
    return done(request, f"{ROOT}/improvements/{number}")


@router.post("/{number}/drop")
def drop(request: Request, here: Writer, number: Number, form: Sent) -> Response:
    """Give an item up, with the reason."""
    reason = asks.read(DROP, form)["reason"]
    here.change(lambda uow: _book(uow, here).drop(number, reason))
    return done(request, f"{ROOT}/improvements/{number}")


def _book(uow: UnitOfWork, here: Room) -> Improvements:
    return Improvements(uow, here.now, here.staff.actor)
