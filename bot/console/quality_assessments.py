"""Assessments: a period worked out, published, appealed and decided; training and honours."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy import func, select
from starlette.responses import Response

from bot.console import asks
from bot.console.asks import Field, Sent
from bot.console.cases import colleagues, done
from bot.console.parts import Room, may
from bot.console.quality import ROOT, Days, show_tab, span_of
from bot.errors import Refused
from storage import calendars
from storage.assessments import Assessments
from storage.kpi.definition import Period
from storage.kpi.figures import DEFINITIONS
from storage.models.ledger import StaffPost
from storage.models.quality import Assessment, Merit, TrainingTask
from storage.rules.assessment import rules
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/quality")
Reader = Annotated[Room, Depends(may("assessments", "full"))]
Lead = Annotated[Room, Depends(may("assessments", "write"))]
Trainer = Annotated[Room, Depends(may("trainings", "write"))]
Mine = Annotated[Room, Depends(may("assessments", "read"))]
Number = Annotated[int, Path(ge=1, le=2**62)]
STATUSES = {"draft": "没发布", "published": "已发布", "appealed": "在申诉", "upheld": "维持",
            "corrected": "已更正"}  # fmt: skip
_PERIOD = (Field("from", "从", required=True), Field("to", "到", required=True))
DECISION = (
    Field("reason", "结论和理由", "story", required=True),
    Field("total", "更正后的总分", "line", help="不写就是维持原分"),
)
APPEAL = (Field("words", "对哪一项有异议、为什么", "story", required=True),)
FINISH = (Field("first", "训后：从", "date", required=True),
          Field("last", "到", "date", required=True))  # fmt: skip
_MOST = 200


def _merit(people: asks.Options) -> tuple[Field, ...]:
    kinds = [(code, rule["label"]) for code, rule in rules().merits.items()]
    return (
        Field("person", "谁", "choice", required=True, options=people),
        Field("kind", "记什么", "choice", required=True, options=(*kinds, ("veto", "一票否决"))),
        Field("reason", "事由", required=True),
        Field("approved", "另一位签字的人", "choice", options=people,
              help="处罚、监管属实投诉和否决须两人签字"),
    )  # fmt: skip


def _post(people: asks.Options) -> tuple[Field, ...]:
    posts = tuple((code, POSTS.get(code, code)) for code in rules().posts)
    return (
        Field("person", "谁", "choice", required=True, options=people),
        Field("team", "班组", "name", required=True),
        Field("post", "岗位", "choice", required=True, options=posts),
    )


POSTS = {"agent": "客服", "claims": "理赔", "sales": "销售", "underwriting": "核保"}


@router.get("/assessments")
def page(
    request: Request,
    here: Reader,
    days: Days,
) -> Response:
    """Show the results of a period, whom to praise, whom to help, and the training under way."""
    span = span_of(here, *days, default=2)

    def read(uow: UnitOfWork) -> dict[str, Any]:
        book = _book(uow, here)
        best, worst = book.honours(span.period)
        tasks = select(TrainingTask).order_by(TrainingTask.status.desc(), TrainingTask.id.desc())
        return {
            "results": book.of(span.period),
            "best": best,
            "worst": worst,
            "tasks": uow.session.scalars(tasks.limit(_MOST)).all(),
            "posts": uow.session.scalars(select(StaffPost).order_by(StaffPost.team)).all(),
            "people": colleagues(uow),
        }

    found = here.read(read)
    people = found.pop("people")
    return show_tab(
        request, here, "quality_assessments.html", span=span, statuses=STATUSES, finish=FINISH,
        lead=here.may("assessments", "write"), trains=here.may("trainings", "write"),
        merit=_merit(people), post=_post(people), post_names=POSTS, figures=DEFINITIONS, **found,
    )  # fmt: skip


@router.post("/assessments/make")
def make(request: Request, here: Lead, form: Sent) -> Response:
    """Work a period out as drafts, or publish it."""
    given = asks.read(_PERIOD, form)
    span = span_of(here, given["from"], given["to"])
    publish = asks.text_of(form, "publish") == "yes"

    def work(uow: UnitOfWork) -> None:
        book = _book(uow, here)
        if publish:
            book.publish(span.period)
            book.weak_spots(span.period)
        else:
            book.make(span.period)

    here.change(work)
    return done(request, f"{ROOT}/assessments?{span.query}")


@router.post("/assessments/merit")
def record(request: Request, here: Lead, form: Sent) -> Response:
    """Record praise, or a penalty that two people have signed."""
    given = asks.read(_merit(here.read(colleagues)), form)
    merit = Merit(
        person=given["person"], kind=given["kind"], reason=given["reason"], on=here.now.date(),
        recorded_by=here.staff.actor, approved_by=given.get("approved"), at=here.now,
    )  # fmt: skip
    here.change(lambda uow: _book(uow, here).record_merit(merit))
    return done(request, f"{ROOT}/assessments")


@router.post("/assessments/post")
def assign(request: Request, here: Lead, form: Sent) -> Response:
    """Say where somebody works: figures are compared within a post and reported by team."""
    given = asks.read(_post(here.read(colleagues)), form)

    def put(uow: UnitOfWork) -> None:
        known = uow.session.get(StaffPost, given["person"])
        joined = known.joined_on if known else here.now.date()
        uow.session.merge(
            StaffPost(
                name=given["person"], team=given["team"], post=given["post"], joined_on=joined
            )
        )

    here.change(put)
    return done(request, f"{ROOT}/assessments#posts")


@router.get("/assessments/{number}")
def one(request: Request, here: Reader, number: Number) -> Response:
    """Show one result with its basis, and the appeal against it."""
    kept = here.read(lambda uow: _found(uow, number))
    return _result(
        request, here, kept, decide=here.may("assessments", "write")
        and kept.person != here.staff.name, appeal=False,
    )  # fmt: skip


def _result(
    request: Request, here: Room, kept: Assessment, *, decide: bool, appeal: bool
) -> Response:
    return show_tab(
        request, here, "quality_assessment.html", one=kept, statuses=STATUSES, figures=DEFINITIONS,
        post_names=POSTS, decide=decide and kept.status == "appealed", decision=DECISION,
        may_appeal=appeal and kept.status == "published", appeal=APPEAL,
        days=rules().appeal_working_days, drill=here.may("kpis", "read"),
    )  # fmt: skip


@router.post("/assessments/{number}/decide")
def decide(request: Request, here: Lead, number: Number, form: Sent) -> Response:
    """Answer an appeal; nobody decides on their own."""
    given = asks.read(DECISION, form)
    total = _points(given["total"]) if given.get("total") else None

    def work(uow: UnitOfWork) -> None:
        kept = _found(uow, number)
        period = Period(kept.first, kept.last)
        _book(uow, here).decide(period, kept.person, given["reason"], total)

    here.change(work)
    return done(request, f"{ROOT}/assessments/{number}")


def _points(text: str) -> float:
    try:
        points = float(text)
    except ValueError:
        raise Refused("「更正后的总分」写一个数，如 88.5。") from None
    if not 0 <= points <= 200:
        raise Refused("「更正后的总分」须在 0 到 200 之间。")
    return points


@router.post("/assessments/trainings/{number}/finish")
def finish(request: Request, here: Trainer, number: Number, form: Sent) -> Response:
    """Close a training task with the figure after it."""
    given = asks.read(FINISH, form)
    after = span_of(here, given["first"], given["last"]).period
    here.change(lambda uow: _book(uow, here).finish_training(number, after))
    return done(request, f"{ROOT}/assessments")


@router.get("/mine")
def mine(request: Request, here: Mine) -> Response:
    """Show one's own results and training."""
    me = here.staff.name

    def read(uow: UnitOfWork) -> tuple[Any, Any, int]:
        own = select(Assessment).where(Assessment.person == me, Assessment.status != "draft")
        tasks = select(TrainingTask).where(TrainingTask.person == me)
        praise = select(func.count()).where(Merit.person == me, Merit.kind == "praise")
        return (
            uow.session.scalars(own.order_by(Assessment.last.desc())).all(),
            uow.session.scalars(tasks.order_by(TrainingTask.id.desc())).all(),
            int(uow.session.scalar(praise) or 0),
        )

    results, tasks, praised = here.read(read)
    return show_tab(
        request, here, "quality_mine.html", results=results, tasks=tasks, statuses=STATUSES,
        figures=DEFINITIONS, praised=praised,
    )  # fmt: skip


@router.get("/mine/{number}")
def my_result(request: Request, here: Mine, number: Number) -> Response:
    """Show one of one's own results, with the way to appeal."""
    kept = here.read(lambda uow: _own(uow, here, number))
    return _result(request, here, kept, decide=False, appeal=True)


@router.post("/mine/{number}/appeal")
def appeal(request: Request, here: Mine, number: Number, form: Sent) -> Response:
    """Note what somebody says against their own result, within the days allowed."""
    words = asks.read(APPEAL, form)["words"]

    def note(uow: UnitOfWork) -> None:
        kept = _own(uow, here, number)
        calendar = calendars.load(uow.connection, here.parts.settings.calendar)
        _book(uow, here).appeal(Period(kept.first, kept.last), kept.person, words, calendar)

    here.change(note)
    return done(request, f"{ROOT}/mine/{number}")


def _found(uow: UnitOfWork, number: int) -> Assessment:
    kept = uow.session.get(Assessment, number)
    if kept is None:
        raise Refused(f"没有第 {number} 份考核结果。")
    return kept


def _own(uow: UnitOfWork, here: Room, number: int) -> Assessment:
    kept = uow.session.get(Assessment, number)
    if kept is None or kept.person != here.staff.name or kept.status == "draft":
        raise Refused(f"没有第 {number} 份您的考核结果。")
    return kept


def _book(uow: UnitOfWork, here: Room) -> Assessments:
    return Assessments(uow, here.now, here.staff.actor)
