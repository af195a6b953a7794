"""The desk of claims: a board by stage, and a page where a claim is worked on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from sqlalchemy import Select, or_, select
from starlette.responses import Response

from bot.console import asks, claim_asks
from bot.console.asks import Sent, text_of
from bot.console.boards import narrowed, stages
from bot.console.cases import (
    LEAD,
    Card,
    PathNumber,
    Stages,
    Word,
    colleagues,
    columns,
    done,
    step_of,
    worked,
)
from bot.console.claim_pages import STATES, WORKERS, page, register, urgent, veil_of
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.console.reveal import reason_of, saw
from bot.errors import Refused
from storage.claims_steps import Steps
from storage.models.case import Claim
from storage.rules.claim_states import machine
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/claims")
Reader = Annotated[Room, Depends(may("claims", "read"))]
Writer = Annotated[Room, Depends(may("claims", "write"))]
Full = Annotated[Room, Depends(may("claims", "full"))]
Handler = Annotated[Room, Depends(may("claims", "handle"))]
STAGES: Stages = (
    ("报案与首联", ("draft", "reported", "contact_due")),
    ("查勘定损", ("contacted", "survey_due", "assessing")),
    ("材料", ("documents_due", "documents_complete")),
    ("核定理算", ("deciding", "calculating", "customer_confirm")),
    ("付款", ("agreed", "paying", "paid", "advance_paid")),
    ("拒赔、异议、中止", ("declined", "objection", "suspended", "litigation")),
)
_OVER: Stages = (("已结案", ("closed",)), ("已撤案", ("withdrawn",)), ("已销案", ("cancelled",)))
_MOST = 400


class Filters(BaseModel):
    """What the board is narrowed to; nothing by itself."""

    q: Word = ""
    line: Word = ""
    track: Word = ""
    owner: Word = ""
    due: Word = ""


@router.get("")
def board(request: Request, here: Reader, filters: Annotated[Filters, Query()]) -> Response:
    """Show the claims that are under way, by stage; those due first stand first."""
    query = {**filters.model_dump(), "q": filters.q.strip()}
    statement = _narrowed(here, query)

    def read(uow: UnitOfWork) -> tuple[list[tuple[str, Card]], list[tuple[str, str]]]:
        found = [(one.status, _card(one)) for one in uow.session.scalars(statement.limit(_MOST))]
        return found, colleagues(uow, "claims")

    found, people = here.read(read)
    made = [
        one for one in columns(stages(query, STAGES, _OVER), found) if one.count or not query["q"]
    ]
    here.saw(f"claims board, {len(found)} rows", "控制台案件看板")
    offered = [
        ("line", "险种", tuple(claim_asks.LINES.items())),
        ("track", "通道", tuple(claim_asks.TRACKS.items())),
        ("owner", "经办人", people),
        ("due", "时限", (("late", "已超时"), ("today", "24 小时内到期"), ("over", "已办结的"))),
    ]
    return show(
        request, "board.html", title="理赔案件", query=query, columns=made,
        filters=offered, filtered=any(query.values()), total=len(found),
        search_hint="报案号、车牌、保单号、手机号（/）",
        empty="还没有案件。客户在对话里报案，或者从「来电来访」登记，都会到这里。",
    )  # fmt: skip


def _narrowed(here: Room, query: dict[str, str]) -> Select[Any]:
    statement = narrowed(
        Claim, query, like(here, query["q"]) if query["q"] else None, machine().over,
        (Claim.line, Claim.track, Claim.owner),
    )  # fmt: skip
    if query["due"] in ("late", "today"):
        statement = statement.where(Claim.due_at <= _until(here, query["due"]))
    return statement


def _until(here: Room, due: str) -> Any:
    return here.now + (timedelta(hours=24) if due == "today" else timedelta())


def like(here: Room, words: str) -> Any:
    """Return the condition of a search: a number, a plate, a policy, a telephone number."""
    clean = words.upper().replace(" ", "")
    found = [Claim.number == clean, Claim.plate == clean, Claim.policy_number == clean]
    found += [Claim.external_ref == words]
    if len(clean) >= 4:
        found += [Claim.number.endswith(clean, autoescape=True)]
        found += [Claim.plate.contains(clean, autoescape=True)]
    if clean.isdigit():
        found.append(Claim.phone_blind == here.parts.cipher.blind(clean))
    return or_(*found)


def _card(claim: Claim) -> Card:
    line = claim_asks.LINES.get(claim.line, claim.line)
    track = claim_asks.TRACKS.get(claim.track or "", "")
    return Card(
        number=claim.number,
        title=claim.plate or line,
        about=track if claim.plate else "",
        status=STATES[claim.status],
        owner=claim.owner,
        due_at=claim.due_at,
        urgent=urgent(claim),
    )


@router.get("/{number}")
def claim_page(request: Request, here: Reader, number: PathNumber) -> Response:
    """Show one claim with facts, documents, clocks and what may be done."""
    return _page(request, here, number)


@router.post("/{number}/reveal")
def reveal(request: Request, here: Full, number: PathNumber, form: Sent) -> Response:
    """Show names and numbers in full to whoever says why; once, on this page."""
    return _page(request, here, number, reason_of(form))


def _page(request: Request, here: Room, number: str, reason: str = "") -> Response:
    def read(uow: UnitOfWork) -> tuple[Any, list[tuple[str, str]]]:
        return page(uow, here, number, shown=bool(reason)), colleagues(uow, *WORKERS)

    view, people = here.read(read)
    saw(here, f"claim {number}", "控制台查看案件", reason, view.claim.conversation_id)
    return show(
        request, "claim.html", revealed=bool(reason), view=view,
        people=people, document_words=claim_asks.DOCUMENT,
        handle=here.may("claims", "handle"), write=here.may("claims", "write"),
        chat=here.may("handoffs", "read"),
    )  # fmt: skip


def _worked(
    here: Room, number: str, form: Sent, work: Callable[[Steps, Claim], object], request: Request
) -> Response:
    def change(uow: UnitOfWork, claim: Claim) -> None:
        work(Steps(register(uow, here), lead=here.staff.role in LEAD), claim)

    worked(here, select(Claim).where(Claim.number == number), number, form, change)
    return done(request, f"/console/claims/{number}")


@router.post("/{number}/move")
def move(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Take a claim to another state."""

    def go(steps: Steps, claim: Claim) -> None:
        people = colleagues(steps.register.uow, *WORKERS)
        step, given = step_of(claim_asks.steps(steps.register, claim, people), form)
        steps.move(claim, step.to, given)

    return _worked(here, number, form, go, request)


@router.post("/{number}/milestone")
def milestone(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Note what stops a clock and changes no state."""

    def note(steps: Steps, claim: Claim) -> None:
        kind = text_of(form, "kind", "name")
        if kind not in machine().milestones:
            raise Refused("请选要记的是哪一件事。")
        steps.milestone(claim, kind, text_of(form, "text", "story"), None)

    return _worked(here, number, form, note, request)


@router.post("/{number}/document")
def document(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Tick a document, send it back, do without it, or add one."""
    name, status = text_of(form, "name", "name")[:60], text_of(form, "status", "name")
    if not name or status not in claim_asks.DOCUMENT:
        raise Refused("请写材料的名字，并选它怎样了。")
    reason = text_of(form, "reason")
    return _worked(
        here, number, form, lambda s, claim: s.document(claim, name, status, reason), request
    )


@router.post("/{number}/note")
def add_note(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Leave a note for colleagues."""
    words = text_of(form, "text", "story")
    if not words:
        raise Refused("还没有写内容，写一句再存。")

    def note(steps: Steps, claim: Claim) -> None:
        steps.register.note(claim, "note", {"note": words})
        steps.register.changed(claim, "claim.noted", {})

    return _worked(here, number, form, note, request)


@router.post("/{number}/owner")
def set_owner(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Give the claim to somebody."""
    owner = text_of(form, "owner", "name")
    if not owner:
        raise Refused("请选经办人。")

    def give(steps: Steps, claim: Claim) -> None:
        if owner == claim.owner:
            return
        if (owner, owner) not in colleagues(steps.register.uow, *WORKERS):
            raise Refused(f"没有叫{owner}的理赔同事，请从名单里选。")
        steps.register.note(claim, "owner", {"before": claim.owner, "after": owner})
        claim.owner = owner
        steps.register.changed(claim, "claim.owner_changed", {})

    return _worked(here, number, form, give, request)


@router.get("/{number}/amend")
def amend_form(
    request: Request, here: Writer, number: PathNumber, key: Annotated[str, Query(max_length=64)]
) -> Response:
    """Show what one fact may be changed to: a list, a date or a box, as its kind wants."""

    def read(uow: UnitOfWork) -> asks.Field:
        claim = uow.cases.claim(number)
        fact = claim_asks.known_facts(claim.line).get(key) if claim else None
        if claim is None or fact is None:
            raise Refused("请选要更正的是哪一项。")
        known = {**claim.facts, "policy_number": claim.policy_number}
        value = known.get(key)
        # What the page hides is not told by the form either, and stars are not to be stored.
        hidden = veil_of(here, claim).fact(key, value) != value
        may_see = here.may("claims", "full") and not hidden
        return claim_asks.fact_field(fact, value if may_see else None)

    return show(request, "_amend.html", field=here.read(read))


@router.post("/{number}/amend")
def amend(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Put a fact right; what stood there before stays in the history."""
    key = text_of(form, "key", "name")

    def put(steps: Steps, claim: Claim) -> None:
        fact = claim_asks.known_facts(claim.line).get(key)
        if fact is None:
            raise Refused("请选要更正的是哪一项。")
        field = claim_asks.fact_field(fact, claim.facts.get(key))
        # The value comes in one box, whatever it is: it is read by the kind of its fact.
        given = asks.read(
            (asks.Field("value", fact.label, field.kind, options=field.options),), form
        )
        if not given and text_of(form, "clear", "name") != "yes":
            raise Refused(f"请写「{fact.label}」改成什么；要清空就勾上「清空」。")
        value = given.get("value")
        if key == "happened_at" and value and value > here.now:
            raise Refused("出险时间不能晚于现在。")
        steps.register.amend(claim, {key: value})

    return _worked(here, number, form, put, request)
