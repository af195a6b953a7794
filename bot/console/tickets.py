"""The desk of tickets: by queue and kind, taken, noted, handed over, closed, taken up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from starlette.responses import Response

from bot.console import asks
from bot.console.asks import Field, Sent, text_of
from bot.console.cases import PathNumber, Word, colleagues, done, worked
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.console.reveal import Veil, reason_of, saw
from bot.console.timeline import history, seen_of
from bot.errors import Refused
from storage import complaint_parties
from storage.models.case import Ticket
from storage.rules.ticket_kinds import LEADS, RESTING, STATUSES, table
from storage.tickets import TicketBook, overdue
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/tickets")
Reader = Annotated[Room, Depends(may("tickets", "read"))]
Writer = Annotated[Room, Depends(may("tickets", "write"))]
Work = Callable[[TicketBook, Ticket], object]
VIEWS = {"open": "待办", "mine": "我的", "late": "已超时", "waiting": "等客户", "done": "已办结"}
_FACTS = {
    "name": "姓名", "phone": "电话", "words": "客户说", "note": "说明", "details": "详情",
    "plate": "车牌", "policy_number": "保单号", "place": "地点", "about": "关于", "wish": "想要",
    "address": "地址", "when": "时间", "reason": "原因", "title": "抬头", "result": "结果",
}  # fmt: skip
_MOST = 100


@dataclass(frozen=True)
class Row:
    """A ticket in the list."""

    ticket: Ticket
    title: str
    queue: str
    status: str
    late: bool


def visible(here: Room) -> Select[Any]:
    """Return the tickets of this role's kinds and queues, but none about a complaint of them."""
    role, known = here.staff.role, table()
    seen_kinds = known.seen_by(role)
    kinds: ColumnElement[bool] = Ticket.kind.in_(sorted(seen_kinds))
    if role in LEADS | {"agent"}:
        kinds = Ticket.kind.not_in(sorted(known.kinds.keys() - seen_kinds))
    queues = Ticket.queue.in_(sorted(known.queues_of(role)))
    mine = complaint_parties.against(here.parts.cipher, here.staff.name)
    other = or_(Ticket.about.is_(None), Ticket.about.not_in(mine))
    return select(Ticket).where(or_(kinds, queues), other)


def of_view(statement: Select[Any], view: str, here: Room) -> Select[Any]:
    """Return the tickets of one of the views."""
    late = and_(Ticket.status.not_in(RESTING), Ticket.due_at <= here.now)
    conditions: Mapping[str, ColumnElement[bool]] = {
        "open": Ticket.status != "done",
        "mine": and_(Ticket.status != "done", Ticket.owner == here.staff.name),
        "late": late,
        "waiting": Ticket.status == "waiting_customer",
        "done": Ticket.status == "done",
    }
    return statement.where(conditions[view])


@router.get("")
def board(
    request: Request,
    here: Reader,
    view: Word = "open",
    queue: Word = "",
    kind: Word = "",
    q: Word = "",
) -> Response:
    """Show the tickets of a view, those due first stand first."""
    view = view if view in VIEWS else "open"
    query = {"q": q.strip(), "queue": queue, "kind": kind}
    base = visible(here)
    statement = _narrowed(here, base, query) if query["q"] else of_view(base, view, here)
    statement = statement if query["q"] else _narrowed(here, statement, query)
    latest = Ticket.closed_at.desc() if view == "done" else Ticket.due_at
    statement = statement.order_by(latest, Ticket.id.desc()).limit(_MOST)

    def read(uow: UnitOfWork) -> tuple[list[Row], dict[str, int]]:
        counts = {one: _count(uow, of_view(base, one, here)) for one in VIEWS}
        return [_row(ticket, here.now) for ticket in uow.session.scalars(statement)], counts

    rows, counts = here.read(read)
    here.saw(f"tickets board, {len(rows)} rows", "控制台工单列表")
    return show(
        request, "tickets.html", rows=rows, counts=counts, views=VIEWS, view=view, query=query,
        queues=[(one.code, one.title) for one in table().queues.values()],
        kinds=[(one, table().kinds[one].title) for one in sorted(table().seen_by(here.staff.role))],
    )  # fmt: skip


def _count(uow: UnitOfWork, statement: Select[Any]) -> int:
    return int(uow.session.scalar(select(func.count()).select_from(statement.subquery())) or 0)


def _narrowed(here: Room, statement: Select[Any], query: Mapping[str, str]) -> Select[Any]:
    if words := query["q"].upper().replace(" ", ""):
        found = [Ticket.number == words, Ticket.about == words]
        if len(words) >= 4:
            found.append(Ticket.number.endswith(words, autoescape=True))
        statement = statement.where(or_(*found))
    if query["queue"]:
        statement = statement.where(Ticket.queue == query["queue"])
    if query["kind"]:
        statement = statement.where(Ticket.kind == query["kind"])
    return statement


def _row(ticket: Ticket, now: datetime) -> Row:
    kind = table().find(ticket.kind)
    queue = table().queues.get(ticket.queue or kind.queue.code, kind.queue)
    return Row(ticket, kind.title, queue.title, status_of(ticket.status), overdue(ticket, now))


def status_of(status: str) -> str:
    """Return the state of a ticket as staff say it."""
    return {"new": "没人接", "waiting_customer": "等客户", "overdue": "办理中"}.get(
        status, STATUSES[status]
    )


@router.get("/{number}")
def ticket_page(request: Request, here: Reader, number: PathNumber) -> Response:
    """Show one ticket, why it is due then, and what may be done."""
    return _page(request, here, number)


@router.post("/{number}/reveal")
def reveal(request: Request, here: Reader, number: PathNumber, form: Sent) -> Response:
    """Show name and number in full to whoever works on it and says why; once, on this page."""
    return _page(request, here, number, reason_of(form))


def _page(request: Request, here: Room, number: str, reason: str = "") -> Response:
    def read(uow: UnitOfWork) -> dict[str, Any]:
        ticket = uow.session.scalar(visible(here).where(Ticket.number == number))
        if ticket is None:
            raise Refused(f"没有工单 {number}，可能写错了，或者不归您的岗位。")
        full = here.may("handoffs", "read") or _works_here(here, ticket)
        veil = Veil.of(ticket.facts, here.now, shown=full and bool(reason))
        return {
            "row": _row(ticket, here.now),
            "facts": _facts(ticket, veil),
            "full": full,
            "why": book(uow, here).reason(ticket),
            "history": history(uow, number, {}, veil=veil),
            "people": colleagues(uow),
            "seen": seen_of(uow, number),
            "receipt": table().find(ticket.kind).receipt,
        }

    found = here.read(read)
    if reason and not found["full"]:
        raise Refused("您的角色不能看完整的姓名和电话，需要的话请主管查看。")
    saw(here, f"ticket {number}", "控制台查看工单", reason, found["row"].ticket.conversation_id)
    return show(
        request, "ticket.html", revealed=bool(reason), chat=here.may("handoffs", "read"),
        hand_over=_handover(found["people"]), close=_close(receipt=found["receipt"]), ask=_ASK,
        promise=_PROMISE, reopen=_REOPEN, **found,
    )  # fmt: skip


def _works_here(here: Room, ticket: Ticket) -> bool:
    """Tell whether the ticket is this role's own work, rather than only visible to it."""
    return ticket.queue in table().queues_of(here.staff.role) or ticket.owner == here.staff.name


def _facts(ticket: Ticket, veil: Veil) -> list[tuple[str, str]]:
    found = []
    for key, label in _FACTS.items():
        value = ticket.facts.get(key)
        if value in (None, "", [], {}):
            continue
        text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
        found.append((label, str(veil.fact(key, text))))
    return found


def book(uow: UnitOfWork, here: Room) -> TicketBook:
    """Return the tickets, changed in this person's name."""
    parts = here.parts
    return TicketBook(uow, parts.cipher, parts.settings, here.now, here.staff.actor)


_ASK = (Field("note", "等客户补充什么", "story", required=True),)
_REOPEN = (Field("reason", "为什么接着办", required=True),)
_PROMISE = (
    Field("promised_at", "改到", "moment", required=True),
    Field("reason", "理由", required=True),
)


def _close(*, receipt: bool) -> tuple[Field, ...]:
    """Return what closing asks for; some kinds owe a receipt."""
    help_text = "这一种办结要写回执：结果写在这里，或者写给客户" if receipt else ""
    return (
        Field("note", "结果（给同事看）", "story", help=help_text),
        Field("reply", "答复客户（会发出去）", "story"),
    )


def _handover(people: asks.Options) -> tuple[Field, ...]:
    queues = tuple((one.code, one.title) for one in table().queues.values())
    return (
        Field("queue", "移给哪个组", "choice", options=queues),
        Field("owner", "交给谁", "choice", options=people),
        Field("reason", "理由", required=True),
    )


def _worked(request: Request, here: Room, number: str, form: Sent, do: Work) -> Response:
    query = visible(here).where(Ticket.number == number)
    worked(here, query, number, form, lambda uow, ticket: do(book(uow, here), ticket))
    return done(request, f"/console/tickets/{number}")


@router.post("/{number}/take")
def take(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Make it mine; whoever comes second is told."""
    me = here.staff.name

    def mine(tickets: TicketBook, ticket: Ticket) -> None:
        if ticket.owner and ticket.owner != me and ticket.status == "assigned":
            raise Refused(f"{ticket.owner}已经在办，要接过来请他移交给您。")
        ticket.owner = me
        tickets.move(ticket, "assigned", note=f"{me}接下")

    return _worked(request, here, number, form, mine)


@router.post("/{number}/note")
def note(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Leave a note for colleagues."""
    words = text_of(form, "text", "story")
    if not words:
        raise Refused("还没有写内容，写一句再存。")

    def add(tickets: TicketBook, ticket: Ticket) -> None:
        ticket.updated_at = here.now
        tickets.note(ticket, "note", {"note": words})

    return _worked(request, here, number, form, add)


@router.post("/{number}/ask")
def ask(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Wait for the customer; the clock stands still."""
    said = asks.read(_ASK, form)["note"]
    return _worked(
        request, here, number, form, lambda t, found: t.move(found, "waiting_customer", note=said)
    )


@router.post("/{number}/close")
def close(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Close it with its result, and answer the customer where one is written."""
    said = asks.read(_close(receipt=False), form)
    return _worked(
        request, here, number, form,
        lambda t, found: t.move(found, "done", said.get("note", ""), said.get("reply", "")),
    )  # fmt: skip


@router.post("/{number}/reopen")
def reopen(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Take it up again; its clock begins anew."""
    reason = asks.read(_REOPEN, form)["reason"]
    return _worked(request, here, number, form, lambda t, found: t.reopen(found, reason))


@router.post("/{number}/promise")
def promise(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Promise the customer another time; the old one stays in the history."""
    said = asks.read(_PROMISE, form)
    return _worked(
        request, here, number, form,
        lambda t, found: t.promise(found, said["promised_at"], said["reason"]),
    )  # fmt: skip


@router.post("/{number}/handover")
def hand_over(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Give it to another queue or person; it may leave the giver's view."""
    people = here.read(colleagues)
    said = asks.read(_handover(people), form)
    queue, owner = said.get("queue"), said.get("owner")
    if not (queue or owner):
        raise Refused("请选移给哪个组，或者交给谁。")
    _worked(
        request, here, number, form,
        lambda t, found: t.hand_over(found, queue, owner, said["reason"]),
    )  # fmt: skip
    return done(request, "/console/tickets")
