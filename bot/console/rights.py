"""The desk of personal rights: who asked what about their data, how long is left, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.responses import Response

from bot.console import asks
from bot.console.asks import Field, Sent
from bot.console.cases import PathNumber, Word, colleagues, done, once, worked
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.console.timeline import history, seen_of
from bot.errors import Refused
from bot.privacy.again import until
from bot.privacy.bundle import bundle
from bot.privacy.check import WAYS, Check, OnRecord
from bot.privacy.rights import KINDS, Rights
from storage.masking import mask_name
from storage.models.case import Ticket
from storage.models.customer import Customer
from storage.personal import unfinished
from storage.rules.erasure import wordings
from storage.rules.ticket_kinds import table
from storage.tickets import TicketBook, overdue
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/rights")
Reader = Annotated[Room, Depends(may("privacy", "read"))]
Writer = Annotated[Room, Depends(may("privacy", "write"))]
ROOT = "/console/rights"
# What may be recorded for somebody who stands at the counter or is on the telephone.
_NEW = ("privacy_export", "privacy_erase", "privacy_correct", "privacy_withdraw")
_CORRECTED = (("name", "姓名"), ("phone", "手机号"), ("id_number", "证件号"))
_FATES = {"keep": "先保留", "restrict": "停止使用，只依法存档", "erase": "删除"}
_MOST = 100


@dataclass(frozen=True)
class Row:
    """A request in the list."""

    ticket: Ticket
    title: str
    late: bool
    checked: OnRecord | None = None


@dataclass(frozen=True)
class Left:
    """A record and what becomes of it; ``until`` is empty where nobody can say."""

    what: str
    fate: str
    reason: str
    until: str


@router.get("")
def board(
    request: Request,
    here: Reader,
    view: Literal["open", "done"] = "open",
    customer: Word = "",
    made: Word = "",
) -> Response:
    """Show the requests, those due first at the top, and the form for a new one."""
    rows = _open(here) if view == "open" else here.read(_done)
    here.saw(f"privacy requests, {len(rows)} rows", "控制台个人信息请求列表")
    return show(
        request, "rights.html", rows=rows, view=view, made=made, waits=unfinished.STATUS,
        new=_new(customer), may_write=here.may("privacy", "write"), late=sum(r.late for r in rows),
        press=_press(here),
    )  # fmt: skip


def _press(here: Room) -> str:
    """Return a key of this showing of the form: pressing twice records once."""
    return f"{here.now:%Y%m%d%H%M%S%f}"


def _open(here: Room) -> list[Row]:
    return [
        Row(one.ticket, _title(one.ticket), overdue(one.ticket, here.now), one.checked)
        for one in _rights(here).asked()
    ]


def _done(uow: UnitOfWork) -> list[Row]:
    query = select(Ticket).where(Ticket.kind.in_(KINDS), Ticket.status == "done")
    found = uow.session.scalars(query.order_by(Ticket.closed_at.desc()).limit(_MOST))
    return [Row(ticket, _title(ticket), late=False) for ticket in found]


def _title(ticket: Ticket) -> str:
    return table().find(ticket.kind).title


def _new(customer: str) -> tuple[Field, ...]:
    kinds = tuple((kind, table().kinds[kind].title) for kind in _NEW)
    return (
        Field("kind", "要做什么", "choice", required=True, options=kinds),
        Field("customer", "客户编号", "name", required=True, value=customer,
              help="在「客户」里找到这个人，编号在姓名旁边"),
    )  # fmt: skip


@router.post("")
def record(request: Request, here: Writer, form: Sent) -> Response:
    """Record a request that was made at the counter or by telephone."""
    said = asks.read((*_new(""), Field("press", "页面", "code", required=True)), form)
    rights = _rights(here)
    key = f"rights:{here.staff.id}:{said['press']}"

    def work(uow: UnitOfWork) -> str:
        return once(
            uow, key, here.now,
            lambda: rights.open_in(uow, said["kind"], said["customer"]),
        )  # fmt: skip

    return done(request, f"{ROOT}?made={here.change(work)}")


@router.get("/{number}")
def request_page(request: Request, here: Reader, number: PathNumber) -> Response:
    """Show one request: who asks, whether that was made sure of, and what would become of it."""
    return _shown(request, here, number)


def _shown(request: Request, here: Room, number: str, problem: str = "") -> Response:
    """Return the page of a request; with a problem it says so and has nothing done."""
    rights = _rights(here)

    def read(uow: UnitOfWork) -> dict[str, Any]:
        ticket = _of(uow, number)
        return {
            "one": ticket, "title": _title(ticket), "late": overdue(ticket, here.now),
            "who": _who(uow, ticket), "why": _book(uow, here).reason(ticket),
            "history": history(uow, number, {}), "seen": seen_of(uow, number),
            "people": colleagues(uow),
        }  # fmt: skip

    found = here.read(read)
    ticket: Ticket = found["one"]
    here.saw(f"privacy request {number}", "控制台查看个人信息请求", ticket.conversation_id)
    open_ones = {asked.ticket.number: asked.checked for asked in rights.asked()}
    return show(
        request, "right.html", 409 if problem else 200, problem=problem, **found,
        **_outlook(rights, ticket), checked=open_ones.get(number),
        check=_check(here, found["people"]), correct=_correct(here, found["people"]),
        answer=_ANSWER, told=_told(ticket), may_write=here.may("privacy", "write"),
        waits=ticket.status == unfinished.STATUS, again=until(ticket, here.now),
        corrected=dict(_CORRECTED),
    )  # fmt: skip


def _of(uow: UnitOfWork, number: str) -> Ticket:
    query = select(Ticket).where(Ticket.number == number, Ticket.kind.in_(KINDS))
    ticket = uow.session.scalar(query)
    if ticket is None:
        raise Refused(f"没有个人信息请求 {number}，可能写错了。")
    return ticket


def _who(uow: UnitOfWork, ticket: Ticket) -> str:
    """Return whose request it is, masked; a request that was erased tells nobody any more."""
    query = select(Customer.name, Customer.ref).where(Customer.ref == ticket.facts.get("customer"))
    found = uow.session.execute(query).first()
    if found is None:
        return "在对话里提出的，核实以后才知道是谁" if ticket.conversation_id else "没有留下客户"
    return f"{mask_name(found.name)}（{found.ref}）"


def _outlook(rights: Rights, ticket: Ticket) -> dict[str, Any]:
    """Return what an erasure would do now, or why that cannot be said."""
    if ticket.status == "done":
        return {"plan": (), "partly": False, "cannot": ""}
    try:
        planned = rights.plan(ticket.number)
    except Refused as refused:
        return {"plan": (), "partly": False, "cannot": str(refused)}
    kinds = wordings().kinds
    plan = [
        Left(f"{kinds.get(v.kind, v.kind)} {v.key}", _FATES[v.fate], v.reason,
             v.until.isoformat() if v.until else "")
        for v in planned.found
    ]  # fmt: skip
    return {"plan": plan, "partly": planned.partly, "cannot": ""}


def _told(ticket: Ticket) -> str:
    """Return what the person is to be told of an erasure that waits."""
    waits = ticket.status == unfinished.STATUS
    return unfinished.told(ticket.number, ticket.facts) if waits else ""


def _check(here: Room, people: asks.Options) -> tuple[Field, ...]:
    """Return how it is said that somebody made sure of who asks."""
    others = tuple(one for one in people if one[0] != here.staff.name)
    return (
        Field("how", "怎么核实本人的", "choice", options=tuple(WAYS.items()),
              help="登记过的核验还有效的，不用再填"),
        Field("second", "另一位核实的同事", "choice", options=others, help="两人复核时要选"),
        Field("guardian", "监护人和证明", help="未成年人的信息才填"),
    )  # fmt: skip


def _correct(here: Room, people: asks.Options) -> tuple[Field, ...]:
    return (
        Field("field", "更正哪一项", "choice", required=True, options=_CORRECTED),
        Field("value", "改成", required=True),
        *_check(here, people),
    )


_ANSWER = (
    Field("note", "怎么处理的、依据是什么", "story", required=True),
    Field("reply", "答复客户（会发出去）", "story"),
)


def _checked(here: Room, form: Sent) -> Check:
    """Return the check that was filled in, in the name of whoever is logged in."""
    said = asks.read(_check(here, here.read(colleagues)), form)
    way = str(said.get("how") or "")
    if not way:
        return Check("", "", str(said.get("guardian") or ""))
    by = [here.staff.name, *([said["second"]] if said.get("second") else [])]
    return Check("、".join(by), way, str(said.get("guardian") or ""))


def _rights(here: Room) -> Rights:
    parts = here.parts
    actor = here.staff.actor
    return Rights(parts.transactions, parts.cipher, parts.settings, lambda: here.now, actor)


def _book(uow: UnitOfWork, here: Room) -> TicketBook:
    parts = here.parts
    return TicketBook(uow, parts.cipher, parts.settings, here.now, here.staff.actor)


@router.post("/{number}/export")
def export(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Hand out everything about the person as one file; a request to see it is closed by that.

    A download is no fragment: what was refused is said on the page that it was asked on.
    """
    rights = _rights(here)
    try:
        made = rights.hand_out(number, _checked(here, form), lambda copy: bundle(copy, number))
    except Refused as refused:
        return _shown(request, here, number, str(refused))
    headers = {
        "Content-Disposition": f'attachment; filename="{number}.zip"',
        "Cache-Control": "no-store",
    }
    return Response(made, media_type="application/zip", headers=headers)


@router.post("/{number}/erase")
def erase(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Erase what may go; what is bound stays, is told, and goes on its day by itself."""
    sure = asks.read((Field("sure", "看过清单", "flag"),), form)
    if not sure.get("sure"):
        raise Refused("删除不能撤销。请先看清单，再勾「清单看过了」。")
    _rights(here).erase(number, _checked(here, form))
    return done(request, f"{ROOT}/{number}")


@router.post("/{number}/correct")
def correct(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Correct a name, a phone or a document number."""
    said = asks.read(_correct(here, here.read(colleagues))[:2], form)
    _rights(here).correct(number, said["field"], said["value"], _checked(here, form))
    return done(request, f"{ROOT}/{number}")


@router.post("/{number}/answer")
def answer(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Close a request that needs nothing else, or that is refused; always with the grounds."""
    said = asks.read(_ANSWER, form)
    query = select(Ticket).where(Ticket.number == number, Ticket.kind.in_(KINDS))

    def close(uow: UnitOfWork, ticket: Ticket) -> None:
        if ticket.status == "done":
            raise Refused(f"{number} 已经办完，要再办请另登记一件。")
        _book(uow, here).move(ticket, "done", said["note"], said.get("reply", ""))

    worked(here, query, number, form, close)
    return done(request, f"{ROOT}/{number}")
