"""The desk of applications: pre-check, underwriting with its reason, payment, delivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import ColumnElement, or_, select
from starlette.responses import Response

from bot.advice.form import form as application_form
from bot.console import asks, policy_asks
from bot.console.asks import Field, Sent, text_of
from bot.console.cases import Card, PathNumber, Stages, Word, columns, done, step_of, worked
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.console.timeline import history, seen_of
from bot.console.times import yuan
from bot.errors import Refused
from storage.applications_money import Payment, receive
from storage.applications_register import Book
from storage.applications_steps import Steps, part_in_words
from storage.models.application import Application
from storage.rules.application_checks import checks
from storage.rules.application_states import machine
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/applications")
Reader = Annotated[Room, Depends(may("applications", "read"))]
Writer = Annotated[Room, Depends(may("applications", "write"))]
Handler = Annotated[Room, Depends(may("applications", "handle"))]
STAGES: Stages = (
    ("初审", ("received", "returned")),
    ("核保", ("underwriting", "postponed")),
    ("等客户确认", ("approved", "conditional")),
    ("缴费", ("confirmed", "paying", "paid")),
    ("出单送达", ("issued", "delivered")),
    ("没通过、搁置", ("declined", "lapsed")),
)
DUE = (("late", "已超时"), ("over", "办完的"))
_MOST = 300


@router.get("")
def board(
    request: Request, here: Reader, q: Word = "", kind: Word = "", due: Word = ""
) -> Response:
    """Show the applications that are under way, by stage; those due first stand first."""
    query = {"q": q.strip(), "kind": kind, "due": due}
    order = (Application.due_at.is_(None), Application.due_at, Application.id.desc())
    statement = select(Application).order_by(*order)
    over = tuple(sorted(machine().over))
    if query["q"]:
        statement = statement.where(_like(here, query["q"]))
    elif due == "over":
        statement = statement.where(Application.status.in_(over))
    else:
        statement = statement.where(Application.status.not_in(over))
    if kind:
        statement = statement.where(Application.kind == kind)
    if due == "late":
        statement = statement.where(Application.due_at <= here.now)
    found = here.read(lambda uow: list(uow.session.scalars(statement.limit(_MOST))))
    here.saw(f"applications board, {len(found)} rows", "控制台投保看板")
    stages: Stages = (*STAGES, ("办完、撤回", over)) if query["q"] else STAGES
    stages = (("办完、撤回", over),) if due == "over" else stages
    kinds = [(one.code, one.label) for one in application_form().kinds.values()]
    return show(
        request, "board.html", title="投保", query=query,
        columns=columns(stages, [(one.status, _card(one)) for one in found]),
        filters=[("kind", "险种", kinds), ("due", "时限", DUE)],
        filtered=any(query.values()), total=len(found),
        search_hint="投保号、保单号、手机号（/）",
        empty="没有在办的投保。客户在对话里填好投保意向，就会到「初审」。",
    )  # fmt: skip


def _like(here: Room, words: str) -> ColumnElement[bool]:
    clean = words.upper().replace(" ", "")
    found = [Application.number == clean, Application.policy_number == clean]
    if len(clean) >= 4:
        found.append(Application.number.endswith(clean, autoescape=True))
    if clean.isdigit():
        found.append(Application.phone_blind == here.parts.cipher.blind(clean))
    return or_(*found)


def _card(one: Application) -> Card:
    return Card(
        number=one.number,
        title=application_form().kinds[one.kind].label,
        about=str(one.facts.get("plate") or ""),
        status=machine().label(one.status),
        owner=one.owner,
        due_at=one.due_at,
    )


@router.get("/{number}")
def application_page(request: Request, here: Reader, number: PathNumber) -> Response:
    """Show one application with what was answered, and what may be done."""

    def read(uow: UnitOfWork) -> dict[str, Any]:
        one = uow.session.scalar(select(Application).where(Application.number == number))
        if one is None:
            raise Refused(f"没有投保 {number}，请核对号码。")
        register, full = book(uow, here), here.may("applications", "full")
        lines = register.lines(one) if full else [f"险种：{register.kind(one).label}"]
        states = {code: state.label for code, state in machine().states.items()}
        working = here.may("applications", "handle")
        return {
            "one": one,
            "title": register.kind(one).label,
            "state": states[one.status],
            "told": machine().states[one.status].told,
            "over": one.status in machine().over,
            "facts": [(line.partition("：")[0], line.partition("：")[2]) for line in lines],
            "steps": policy_asks.application_steps(register, one) if working else [],
            "history": history(uow, number, states, full=full),
            "seen": seen_of(uow, number),
            "panels": _panels(register, one) if full else [],
            "opinions": one.work.get("opinions", []) if full else [],
            "extra": [("payment", "登记收到的保费", _payment(here))] if _may_pay(here, one) else [],
        }

    view = here.read(read)
    here.saw(f"application {number}", "控制台查看投保", view["one"].conversation_id)
    return show(
        request, "work.html", base=f"/console/applications/{number}", back="投保",
        back_path="/console/applications", handle=here.may("applications", "handle"),
        write=here.may("applications", "write"), chat=here.may("handoffs", "read"),
        documents=[], photos=[], document_words={}, **view,
    )  # fmt: skip


def _panels(register: Book, one: Application) -> list[tuple[str, list[str]]]:
    """Return what else stands on it: what is lacking, what was sent back, plan and payments."""
    work = one.work
    paid = [
        f"{yuan(payment.amount_fen)}，{payment.paid_on}，流水 {payment.reference}"
        for payment in register.payments(one.number)
    ]
    found = [
        ("还缺", register.lacking(one)),
        ("退回要补的", [str(item["problem"]) for item in work.get("items", ())]),
        ("缴费计划", [part_in_words(part) for part in work.get("plan", ())]),
        ("收到的保费", paid),
    ]
    return [(title, lines) for title, lines in found if lines]


def _may_pay(here: Room, one: Application) -> bool:
    return one.status == "paying" and here.may("applications", "handle")


def _payment(here: Room) -> tuple[Field, ...]:
    return (
        Field("reference", "流水号", "code", required=True, help="同一流水号只算一次"),
        Field("amount_fen", "金额", "money", required=True),
        Field("method", "方式", "choice", required=True, options=tuple(checks().methods.items())),
        Field("paid_on", "哪天收到", "date", required=True, value=here.now.date().isoformat()),
    )


def book(uow: UnitOfWork, here: Room) -> Book:
    """Return the applications, changed in this person's name and role."""
    parts, staff = here.parts, here.staff
    return Book(uow, parts.cipher, parts.settings, here.now, staff.actor, staff.role)


def _worked(
    request: Request,
    here: Room,
    number: str,
    form: Sent,
    do: Callable[[Book, Application], object],
) -> Response:
    query = select(Application).where(Application.number == number)
    worked(here, query, number, form, lambda uow, found: do(book(uow, here), found))
    return done(request, f"/console/applications/{number}")


@router.post("/{number}/move")
def move(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Take an application to another state; an opinion never goes without its reason."""

    def go(register: Book, found: Application) -> None:
        step, given = step_of(policy_asks.application_steps(register, found), form)
        Steps(register).move(found, step.to, policy_asks.application_given(found, given))

    return _worked(request, here, number, form, go)


@router.post("/{number}/payment")
def payment(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Note a payment; the last one takes the application on by itself."""
    given = asks.read(_payment(here), form)
    paid_on = asks.moment(given["paid_on"]).date()
    came = Payment(given["reference"], given["amount_fen"], given["method"], paid_on)
    return _worked(request, here, number, form, lambda register, one: receive(register, one, came))


@router.post("/{number}/note")
def note(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Leave a note for colleagues."""
    words = text_of(form, "text", "story")
    if not words:
        raise Refused("还没有写内容，写一句再存。")
    return _worked(
        request,
        here,
        number,
        form,
        lambda register, one: register.note(one, "note", {"note": words}),
    )
