"""/v1/campaigns: who gets what and why not, live counters, stop switch, effect."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import Day
from bot.api.problems import invalid, missing
from bot.clock import SHANGHAI
from storage.outbound import campaigns, planning
from storage.outbound.configured import configured
from storage.outbound.rehearsal import rehearse
from storage.rules.outbound import rules
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1", tags=["campaigns 主动消息"])
_MOST = 500
_RECENT = timedelta(days=40)


class CountView(BaseModel):
    """So many touches stand here."""

    campaign: str
    kind: str
    status: str
    way: str
    reason: str
    count: int


class StopView(BaseModel):
    """A kind that somebody has stopped."""

    kind: str
    reason: str
    by: str
    at: datetime


class Campaigns(BaseModel):
    """The counters, and what is stopped."""

    counts: list[CountView]
    stopped: list[StopView]


class LineView(BaseModel):
    """One touch of a dry run."""

    subject: str
    step: str
    who: str
    outcome: str
    way: str
    reason: str
    text: str


class Preview(BaseModel):
    """A dry run: the sums over all touches, and the first of them."""

    total: int
    send: int
    wait: int
    not_sent: int
    items: list[LineView]


class StopIn(BaseModel):
    """What is to be stopped, and why."""

    kind: str = Field(max_length=64)
    reason: str = Field(min_length=1, max_length=255, pattern=r"\S")


class ResumeIn(BaseModel):
    """What goes on."""

    kind: str = Field(max_length=64)


class EffectView(BaseModel):
    """Whom a step reached, and who has renewed since."""

    step: str
    reached: int
    renewed: int


class Effects(BaseModel):
    """The effect of reminders and surveys between two days."""

    renewals: list[EffectView]
    surveys_asked: int
    surveys_answered: int


@router.get("/campaigns", summary="主动消息的实时计数", response_model=Campaigns)
def list_campaigns(
    desk: Annotated[Desk, Depends(may("campaigns", "read"))],
    campaign: Annotated[str | None, Query(max_length=128)] = None,
) -> Response:
    """Return the counters of the last weeks."""
    return desk.show(lambda uow: Shown(_campaigns(uow, campaign, desk.now)))


def _campaigns(uow: UnitOfWork, campaign: str | None, now: datetime) -> Campaigns:
    found = campaigns.counts(uow, campaign, now - _RECENT)
    stops = campaigns.stopped(uow)
    return Campaigns(
        counts=[CountView(**vars(one)) for one in found],
        stopped=[StopView(kind=s.kind, reason=s.reason, by=s.by, at=s.at) for s in stops],
    )


@router.get(
    "/campaigns/preview", summary="试运行：谁会收到，谁不会、为什么", response_model=Preview
)
def preview(
    desk: Annotated[Desk, Depends(may("campaigns", "read"))],
    family: Literal["renewal", "payment", "issued"] = "renewal",
    day: Day | None = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
) -> Response:
    """Rehearse a day; nothing is written and nobody is written to."""
    table, on = rules(), day or desk.now.date()
    today = on == desk.now.date()
    found = (planning.caught_up if today else planning.waves)(table, family, on)
    as_of = desk.now if today else found[0].due_at
    parts = desk.parts
    ways = configured(parts.settings)
    lines = rehearse(parts.transactions, parts.cipher, table, ways, found, as_of)
    names = LineView.model_fields
    view = Preview(
        total=len(lines),
        send=sum(line.outcome == "send" for line in lines),
        wait=sum(line.outcome == "wait" for line in lines),
        not_sent=sum(line.outcome == "not_sent" for line in lines),
        items=[LineView(**{name: getattr(line, name) for name in names}) for line in lines[:limit]],
    )
    return desk.show(lambda _: Shown(view, (Seen(f"campaign preview {family} {on}"),)))


@router.post("/campaigns/stop", summary="停发一类，立即生效", response_model=Campaigns)
def stop(asked: StopIn, desk: Annotated[Desk, Depends(may("campaigns", "write"))]) -> Response:
    """Stop a kind in every process at once; saying it twice changes nothing."""
    _known(asked.kind)

    def work(uow: UnitOfWork) -> Shown:
        campaigns.stop(uow, asked.kind, asked.reason, desk.caller.actor, desk.now)
        return Shown(_campaigns(uow, None, desk.now))

    return desk.change(work)


@router.post("/campaigns/resume", summary="恢复发送", response_model=Campaigns)
def resume(asked: ResumeIn, desk: Annotated[Desk, Depends(may("campaigns", "write"))]) -> Response:
    """Let a kind go on."""
    _known(asked.kind)

    def work(uow: UnitOfWork) -> Shown:
        campaigns.resume(uow, asked.kind, desk.now)
        return Shown(_campaigns(uow, None, desk.now))

    return desk.change(work)


def _known(kind: str) -> None:
    if kind not in rules().kinds:
        raise missing(f"消息种类 {kind}")


@router.get("/campaigns/effect", summary="效果：提醒后续保、调查回收", response_model=Effects)
def effect(
    desk: Annotated[Desk, Depends(may("campaigns", "read"))],
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> Response:
    """Count between two days, both included."""
    if first > last:
        raise invalid("query.from", "不能晚于 to")
    since = datetime.combine(first, time(), SHANGHAI)
    until = datetime.combine(last, time(), SHANGHAI) + timedelta(days=1)

    def read(uow: UnitOfWork) -> Shown:
        asked, answered = campaigns.answered(uow, since, until)
        steps = [EffectView(**vars(one)) for one in campaigns.effects(uow, since, until)]
        return Shown(Effects(renewals=steps, surveys_asked=asked, surveys_answered=answered))

    return desk.show(read)
