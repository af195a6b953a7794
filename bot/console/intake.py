"""Phone and store: a clerk takes down what a caller says, into the same models as the bot."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import select
from starlette.responses import Response

from bot.console import asks, claim_asks
from bot.console.asks import Field, Sent, text_of
from bot.console.cases import Word, done, once
from bot.console.claim_pages import register as claims_of
from bot.console.complaint_pages import register as complaints_of
from bot.console.customer_words import Shown, shown
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.console.tickets import book as tickets_of
from bot.errors import Refused
from bot.permissions import sees_ticket
from storage.models.case import Claim, Complaint
from storage.models.customer import Customer
from storage.rules.ticket_kinds import table
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/intake")
Clerk = Annotated[Room, Depends(may("tickets", "write"))]
_KEY = re.compile(r"[0-9a-f]{32}")
_WAYS = (("phone", "电话"), ("branch", "门店"))
_MORE_WAYS = (*_WAYS, ("letter", "信函"), ("email", "邮件"), ("regulator", "监管转办"),
              ("media", "媒体"), ("internal", "内部"))  # fmt: skip
TITLES = {"claim": "报案", "complaint": "投诉", "ticket": "别的事"}
_RESOURCES = {"claim": "claims", "complaint": "complaints", "ticket": "tickets"}
_PAGES = {
    "CL": ("claims", "claims"),
    "CP": ("complaints", "complaints"),
    "TK": ("tickets", "tickets"),
}
_CLAIM = (
    "injured", "happened_at", "place", "phone", "reporter", "reporter_relation", "plate",
    "other_plate", "accident_type", "drivable", "police_reported", "story", "policy_number",
)  # fmt: skip


def fields(kind: str, role: str, phone: str = "") -> tuple[Field, ...]:
    """Return what a clerk is asked to take down; most of it may be missing."""
    if kind == "claim":
        known = claim_asks.known_facts("auto")
        facts = [claim_asks.fact_field(known[key]) for key in _CLAIM]
        line = Field(
            "line", "险种", "choice", value="auto", options=tuple(claim_asks.LINES.items())
        )
        return (_way(_WAYS), line, *(_filled(one, phone) for one in facts))
    if kind == "complaint":
        return (_way(_MORE_WAYS), *_complaint(phone))
    seen = [(one.code, one.title) for one in table().kinds.values()
            if sees_ticket(role, one.code) and not one.internal]  # fmt: skip
    return (
        _way(_WAYS),
        Field("kind", "什么事", "choice", required=True, options=seen),
        Field("name", "姓名", "name"),
        Field("phone", "电话", "phone", value=phone),
        Field("note", "说了什么", "story", required=True),
        Field("promised_at", "答应了什么时候（没说定就空着）", "moment"),
        Field("about", "关于哪一件", "code", help="报案号、投诉号、工单号"),
    )


def _way(ways: asks.Options) -> Field:
    return Field("way", "怎么来的", "choice", required=True, options=ways, value="phone")


def _filled(field: Field, phone: str) -> Field:
    return Field(field.name, field.label, field.kind, options=field.options,
                 value=phone if field.name == "phone" else "")  # fmt: skip


def _complaint(phone: str) -> tuple[Field, ...]:
    return (
        Field("story", "客户的原话", "story", required=True, help="照客户说的写，不替他总结"),
        Field("demand", "想要怎么解决", "story"),
        Field("reporter", "投诉人", "name", help="不愿说可以空着，不影响受理"),
        Field("phone", "电话", "phone", value=phone, help="留了就马上发回执"),
        Field("against", "投诉谁", "name", help="写了姓名，这个人就看不到这一件"),
        Field("policy_number", "保单号", "code"),
        Field("claim_number", "报案号", "code"),
        Field("regulator_ref", "转办文号", "name"),
        Field("received_at", "收到的时间（不是现在才写）", "moment"),
    )


@router.get("")
def page(
    request: Request,
    here: Clerk,
    kind: Word = "claim",
    phone: Word = "",
    made: Annotated[str, Query(pattern=r"^([A-Z]{2}[0-9]{12,24})?$")] = "",
) -> Response:
    """Show the form; a caller's number shows who that may be and what is under way."""
    open_kinds = {one: title for one, title in TITLES.items() if here.may(_RESOURCES[one], "write")}
    kind = kind if kind in open_kinds else next(iter(open_kinds))
    caller, cases = here.read(lambda uow: _caller(uow, here, phone)) if phone else (None, [])
    if caller:
        here.saw(f"customer {caller.ref} masked", "来电登记时核对号码")
    folder, resource = _PAGES.get(made[:2], ("", ""))
    return show(
        request, "intake.html", kind=kind, kinds=open_kinds, phone=phone, caller=caller,
        cases=cases, asked=fields(kind, here.staff.role, phone), key=secrets.token_hex(16),
        made=made, made_path=f"/console/{folder}/{made}" if made and here.may(resource, "read")
        else "",
        told=here.read(lambda uow: _told(uow, made)) if made else "",
    )  # fmt: skip


def _caller(uow: UnitOfWork, here: Room, phone: str) -> tuple[Shown | None, list[str]]:
    """Return whose number that is, masked, and which cases it has under way."""
    try:
        blind = here.parts.cipher.blind(asks.phone(phone))
    except ValueError:
        raise Refused("这个号码不像电话：写 11 位手机号，或带区号的座机。") from None
    query = select(Customer).where(Customer.phone_blind == blind)
    one = uow.session.scalar(query.limit(1))
    numbers = select(Claim.number).where(Claim.phone_blind == blind).order_by(Claim.id.desc())
    cases = list(uow.session.scalars(numbers.limit(5))) if here.may("claims", "read") else []
    return (shown(one, full=False) if one else None), cases


def _told(uow: UnitOfWork, number: str) -> str:
    """Return what the clerk reads out at the end of the call."""
    claim = uow.cases.claim(number)
    if claim:
        return claim.next_step
    complaint = uow.session.scalar(select(Complaint).where(Complaint.number == number))
    if complaint:
        day = complaint.due_on
        return f"最晚 {day.month}月{day.day}日前答复，进度凭这个编号查。"
    return "进度凭这个编号查。"


@router.post("/{kind}")
def take_down(request: Request, here: Clerk, kind: str, form: Sent) -> Response:
    """Record what was said; the same form sent twice is one case."""
    if kind not in TITLES or not here.may(_RESOURCES[kind], "write"):
        raise Refused("您的角色不能登记这一类，请转给同事。")
    key = text_of(form, "key", "name")
    if not _KEY.fullmatch(key):
        raise Refused("页面放得太久了，请刷新以后再填。")
    said = asks.read(fields(kind, here.staff.role), form)
    if not said.keys() - {"way", "line", "kind"}:
        raise Refused("还没有写内容，写一句再登记。")
    work = record_of(kind)

    def record(uow: UnitOfWork) -> str:
        claimed = f"console:{here.staff.id}:{key}"
        return once(uow, claimed, here.now, lambda: work(uow, here, said))

    number = here.change(record)
    return done(request, f"/console/intake?kind={kind}&made={number}")


def record_of(kind: str) -> Callable[[UnitOfWork, Room, dict[str, Any]], str]:
    """Return what records a kind of call and gives its number."""
    return _WORK[kind]


def _note(way: str, ways: asks.Options) -> dict[str, str]:
    return {"note": f"{dict(ways)[way]}登记"}


def _open_claim(uow: UnitOfWork, here: Room, said: dict[str, Any]) -> str:
    """Record a claim that was told to a clerk (S41)."""
    happened = said.get("happened_at")
    if isinstance(happened, datetime) and happened > here.now:
        raise Refused("出险时间不能晚于现在。")
    register = claims_of(uow, here)
    claim = register.open({key: value for key, value in said.items() if key != "way"})
    register.note(claim, "note", _note(said["way"], _WAYS))
    return claim.number


def _open_complaint(uow: UnitOfWork, here: Room, said: dict[str, Any]) -> str:
    """Record a complaint; who left a telephone number gets the receipt at once (S28)."""
    skipped = ("way", "against", "received_at")
    facts = {key: value for key, value in said.items() if key not in skipped}
    if said.get("against"):
        facts["parties"] = [{"role": "against", "name": said["against"]}]
    register = complaints_of(uow, here)
    complaint = register.open(facts, said["way"], None, said.get("received_at"))
    if way := register.notify(complaint, "receipt"):
        register.note(complaint, "receipt", {"way": way})
        register.set_due(complaint)
    return complaint.number


def _open_ticket(uow: UnitOfWork, here: Room, said: dict[str, Any]) -> str:
    """Record any other promise."""
    promised = said.get("promised_at")
    if promised and promised <= here.now:
        raise Refused("答应的时间要晚于现在。")
    facts: dict[str, Any] = {
        key: value for key, value in said.items() if key in ("name", "phone", "note")
    }
    tickets = tickets_of(uow, here)
    ticket = tickets.open(said["kind"], facts, about=said.get("about"), promised_at=promised)
    tickets.note(ticket, "note", _note(said["way"], _WAYS))
    return ticket.number


_WORK: Mapping[str, Callable[[UnitOfWork, Room, dict[str, Any]], str]] = {
    "claim": _open_claim,
    "complaint": _open_complaint,
    "ticket": _open_ticket,
}
