"""The supervisor's samples: drawn, scored with the talk beside, and what was found (S52, S53)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy import select
from starlette.responses import Response

from bot.console import asks
from bot.console.asks import Field, Sent
from bot.console.cases import Word, done
from bot.console.parts import Room, may
from bot.console.quality import ROOT, Days, show_tab, span_of
from bot.errors import Refused
from bot.log import mask
from storage import complaint_parties
from storage.kpi.definition import EVENT, Period
from storage.models.case import Complaint, Handoff
from storage.models.conversation import Message
from storage.models.quality import QaPlan, QaSample
from storage.rules.supervision import rules
from storage.supervision import Completion, Supervision
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/quality/samples")
Reader = Annotated[Room, Depends(may("qa-samples", "read"))]
Scorer = Annotated[Room, Depends(may("qa-samples", "write"))]
Number = Annotated[int, Path(ge=1, le=2**62)]
VIEWS = {"open": "待评", "found": "有问题", "done": "已评", "all": "全部"}
_AROUND = timedelta(minutes=10)
_MOST_SAID, _MOST_FLAGS = 300, 50
_AUTHORS = {"customer": "客户", "agent": "坐席", "bot": "机器人", "system": "系统"}


@dataclass(frozen=True)
class Flag:
    """A promise that must not be made, where and by whom."""

    at: datetime
    agent: str
    label: str
    conversation: int | None


@router.get("")
def page(
    request: Request,
    here: Reader,
    days: Days,
    view: Word = "open",
    agent: Word = "",
) -> Response:
    """Show the samples of a period, how much is done, and what was found."""
    span = span_of(here, *days)
    view = view if view in VIEWS else "open"

    def read(uow: UnitOfWork) -> dict[str, Any]:
        book = Supervision(uow, here.now, here.staff.actor)
        plan = uow.session.scalar(
            select(QaPlan).where(QaPlan.first == span.period.first, QaPlan.last == span.period.last)
        )
        samples = [one for one in book.samples(plan.id) if not agent or one.agent == agent] if (
            plan
        ) else []  # fmt: skip
        return {
            "plan": plan,
            "counts": {one: sum(_in(sample, one) for sample in samples) for one in VIEWS},
            "samples": [sample for sample in samples if _in(sample, view)],
            "completion": book.completion(span.period) if plan else Completion(0, 0, {}),
            "flags": _flags(uow, span.period),
        }

    found = here.read(read)
    return show_tab(
        request, here, "quality_samples.html", span=span, view=view, views=VIEWS, agent=agent,
        why=_why(), write=here.may("qa-samples", "write"), chat=here.may("handoffs", "read"),
        **found,
    )  # fmt: skip


def _in(sample: QaSample, view: str) -> bool:
    return {
        "open": sample.status == "open",
        "done": sample.status == "done",
        "found": sample.ticket_number is not None,
    }.get(view, True)


def _why() -> dict[str, str]:
    return {"random": "随机", **{risk.code: risk.label for risk in rules().risks}}


def _flags(uow: UnitOfWork, period: Period) -> list[Flag]:
    query = (
        select(EVENT.c.at, EVENT.c.actor, EVENT.c.label, EVENT.c.conversation_id)
        .where(
            EVENT.c.kind == "promise.flagged", EVENT.c.at >= period.start, EVENT.c.at < period.end
        )
        .order_by(EVENT.c.at.desc())
        .limit(_MOST_FLAGS)
    )
    words = {promise.code: promise.label for promise in rules().promises}
    return [
        Flag(at, agent, words.get(label, label), conversation)
        for at, agent, label, conversation in uow.connection.execute(query)
    ]


@router.post("/draw")
def draw(request: Request, here: Scorer, form: Sent) -> Response:
    """Draw the samples of a period; drawing again draws nobody new."""
    fields = (Field("from", "从", "line", required=True), Field("to", "到", "line", required=True))
    given = asks.read(fields, form)
    span = span_of(here, given["from"], given["to"])
    here.change(lambda uow: Supervision(uow, here.now, here.staff.actor).plan(span.period))
    return done(request, f"{ROOT}/samples?{span.query}")


@router.get("/{number}")
def one(request: Request, here: Reader, number: Number) -> Response:
    """Show one sample with what was said, and its scorecard."""

    def read(uow: UnitOfWork) -> tuple[QaSample, list[dict[str, Any]]]:
        sample = _found(uow, here, number)
        return sample, _said(uow, sample)

    sample, said = here.read(read)
    here.saw(f"qa sample {number}", "质检", sample.conversation_id)
    return show_tab(
        request, here, "quality_sample.html", one=sample, said=said, card=rules().scorecard,
        vetoes=rules().vetoes, why=_why(), chat=here.may("handoffs", "read"),
        write=here.may("qa-samples", "write") and sample.agent != here.staff.name,
    )  # fmt: skip


def _found(uow: UnitOfWork, here: Room, number: int) -> QaSample:
    """Return a sample; nobody supervises a talk that led to a complaint about themselves."""
    sample = uow.session.get(QaSample, number)
    against = complaint_parties.against(here.parts.cipher, here.staff.name)
    about_me = select(Complaint.conversation_id).where(Complaint.number.in_(against))
    if sample is None or sample.conversation_id in set(uow.session.scalars(about_me)) - {None}:
        raise Refused(f"没有第 {number} 份抽检，或者您不能看。")
    return sample


def _said(uow: UnitOfWork, sample: QaSample) -> list[dict[str, Any]]:
    """Return what was said around the hand-off, numbers masked: scoring needs no more."""
    handoff = uow.session.scalar(select(Handoff).where(Handoff.number == sample.subject))
    query = select(Message).where(Message.conversation_id == sample.conversation_id)
    if handoff is not None:
        query = query.where(Message.at >= handoff.opened_at - _AROUND)
        if handoff.closed_at:
            query = query.where(Message.at <= handoff.closed_at + _AROUND)
    found = uow.session.scalars(query.order_by(Message.seq).limit(_MOST_SAID))
    return [
        {
            "at": message.at,
            "who": _AUTHORS.get(message.author, message.author),
            "text": mask(str(message.body.get("text") or "［图片或其他］")),
            "agent": message.author == "agent",
        }
        for message in found
    ]


@router.post("/{number}/score")
def score(request: Request, here: Scorer, number: Number, form: Sent) -> Response:
    """Fill in the scorecard; a veto or less than 80 opens a ticket."""
    card = rules().scorecard
    fields = tuple(Field(code, label, "count", required=True) for code, (label, _) in card.items())
    vetoes = Field("vetoes", "否决项", "checks", options=tuple(rules().vetoes.items()))
    given = asks.read((*fields, vetoes, Field("comment", "评语", "story")), form)
    scores = {code: int(given[code]) for code in card}

    def fill(uow: UnitOfWork) -> None:
        _found(uow, here, number)
        book = Supervision(uow, here.now, here.staff.actor)
        book.score(number, scores, given.get("vetoes", []), given.get("comment", ""))

    here.change(fill)
    return done(request, f"{ROOT}/samples/{number}")
