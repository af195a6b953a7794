"""The page of campaigns: who gets what, who does not and why, live counters, the stop switch."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from bot.console.asks import Sent, text_of
from bot.console.cases import Word, done
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.errors import Refused
from storage.outbound import campaigns, planning, sight
from storage.outbound.configured import configured
from storage.outbound.rehearsal import rehearse
from storage.rules.outbound import rules
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/campaigns")
Reader = Annotated[Room, Depends(may("campaigns", "read"))]
Writer = Annotated[Room, Depends(may("campaigns", "write"))]
Family = Literal["renewal", "payment", "issued"]
Long = Annotated[str, Query(max_length=255)]
_RECENT = timedelta(days=40)
_EFFECT = timedelta(days=30)
_PAGE = 100
FAMILIES = {"renewal": "续保", "payment": "缴费", "issued": "承保后"}


@router.get("")
def overview(request: Request, here: Reader) -> Response:
    """Show the counters, the switches and the effect."""
    return show(request, "campaigns.html", **here.read(lambda uow: _overview(uow, here)))


@router.get("/now")
def now(request: Request, here: Reader) -> Response:
    """Show the counters alone; the page asks again every few seconds."""
    return show(request, "_campaigns.html", **here.read(lambda uow: _counters(uow, here)))


def _counters(uow: UnitOfWork, here: Room) -> dict[str, Any]:
    return {
        "sums": sight.sums(uow, here.now - _RECENT), "states_of": sight.states_of,
        "ways": sight.WAYS, "unknown": sight.unknown(uow, _PAGE), "states": sight.STATES,
        "kinds": {code: kind.title for code, kind in rules().kinds.items()},
        "families": FAMILIES, "titles": FAMILIES | {"content": "知识推送"},
    }  # fmt: skip


def _overview(uow: UnitOfWork, here: Room) -> dict[str, Any]:
    stops = {one.kind: one for one in campaigns.stopped(uow)}
    since, until = here.now - _EFFECT, here.now + timedelta(days=1)
    asked, answered = campaigns.answered(uow, since, until)
    return {
        **_counters(uow, here), "stops": stops, "may_stop": here.may("campaigns", "write"),
        "effects": campaigns.effects(uow, since, until), "asked": asked, "answered": answered,
    }  # fmt: skip


@router.get("/touches")
def touches(
    request: Request,
    here: Reader,
    campaign: Annotated[str, Query(max_length=128)],
    status: Word = "",
    reason: Long = "",
    after: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Show the touches of a campaign, or of one state or reason."""
    rows = here.read(lambda uow: sight.touched(uow, campaign, status, reason, after, _PAGE))
    here.saw(f"campaign {campaign}, {len(rows)} rows", "控制台主动消息清单")
    kinds = {code: kind.title for code, kind in rules().kinds.items()}
    return show(
        request, "touches.html", rows=rows, campaign=campaign, state=status, reason=reason,
        states=sight.STATES, ways=sight.WAYS, kinds=kinds,
        following=rows[-1].id if len(rows) == _PAGE else 0,
    )  # fmt: skip


@router.get("/preview")
def preview(request: Request, here: Reader, family: Family = "renewal") -> Response:
    """Rehearse today; nothing is written and nobody is written to."""
    table, parts = rules(), here.parts
    found = planning.caught_up(table, family, here.now.date())
    lines = rehearse(
        parts.transactions, parts.cipher, table, configured(parts.settings), found, here.now
    )
    here.saw(f"campaign preview {family}, {len(lines)} rows", "控制台主动消息试运行")
    ends = [
        (title, sum(line.outcome == code for line in lines))
        for code, title in (("send", "会发"), ("wait", "顺延"), ("not_sent", "不发"))
    ]
    return show(
        request, "rehearsal.html", lines=lines[:_PAGE], total=len(lines), ends=ends,
        family=family, families=FAMILIES, ways=sight.WAYS,
    )  # fmt: skip


@router.post("/stop")
def stop(request: Request, here: Writer, sent: Sent) -> Response:
    """Stop a kind in every process at once."""
    kind, reason = _kind(text_of(sent, "kind")), text_of(sent, "reason")
    if not reason:
        raise Refused("写一句为什么停，同事要知道。")
    here.change(lambda uow: campaigns.stop(uow, kind, reason, here.staff.name, here.now))
    return done(request, "/console/campaigns")


@router.post("/resume")
def resume(request: Request, here: Writer, sent: Sent) -> Response:
    """Let a kind go on."""
    kind = _kind(text_of(sent, "kind"))
    here.change(lambda uow: campaigns.resume(uow, kind, here.now))
    return done(request, "/console/campaigns")


def _kind(code: str) -> str:
    if code not in rules().kinds:
        raise Refused(f"没有这个种类：{code}")
    return code
