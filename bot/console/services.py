"""The desk of policies: changes, surrenders, paper copies and invoices, from request to end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import ColumnElement, or_, select
from starlette.responses import Response

from bot.console import policy_asks
from bot.console.asks import Sent, text_of
from bot.console.cases import (
    Card,
    PathNumber,
    Stages,
    Word,
    columns,
    done,
    photos_of,
    step_of,
    worked,
)  # fmt: skip
from bot.console.claim_asks import DOCUMENT
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.console.timeline import WAYS, history, seen_of
from bot.errors import Refused
from storage.masking import mask_name, mask_phone
from storage.models.service import ServiceRequest
from storage.rules.service_states import families
from storage.service_kinds import title_of
from storage.services import Services
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/services")
Reader = Annotated[Room, Depends(may("endorsements", "read"))]
Writer = Annotated[Room, Depends(may("endorsements", "write"))]
Handler = Annotated[Room, Depends(may("endorsements", "handle"))]
STAGES: Stages = (
    ("待补材料", ("documents_due",)),
    ("待审核、待办", ("reviewing", "requested")),
    ("已退回", ("returned",)),
    ("已同意、已打印", ("approved", "printed")),
    ("寄出、待取", ("posted", "ready")),
)
_LABELS = {
    "story": "说明", "words": "客户说", "note": "说明", "wanted": "要改成", "value": "要改成",
    "plate": "车牌", "phone": "电话", "name": "姓名", "address": "地址", "way": "怎么取",
    "title": "抬头", "tax_number": "税号", "reason": "原因", "ground": "情形", "outlet": "网点",
    "details": "详情", "email": "邮箱", "effective": "希望何时生效",
}  # fmt: skip
_MOST = 300


@router.get("")
def board(
    request: Request, here: Reader, q: Word = "", family: Word = "", due: Word = ""
) -> Response:
    """Show the requests that are under way, by stage; those due first stand first."""
    query = {"q": q.strip(), "family": family, "due": due}
    statement = select(ServiceRequest).order_by(ServiceRequest.due_at, ServiceRequest.id)
    over = [name for one in families().values() for name, s in one.states.items() if s.over]
    if query["q"]:
        statement = statement.where(_like(query["q"]))
    elif due == "over":
        statement = statement.where(ServiceRequest.status.in_(over))
    else:
        statement = statement.where(ServiceRequest.status.not_in(over))
    if family:
        statement = statement.where(ServiceRequest.family == family)
    if due == "late":
        statement = statement.where(ServiceRequest.due_at <= here.now)
    found = here.read(lambda uow: list(uow.session.scalars(statement.limit(_MOST))))
    here.saw(f"services board, {len(found)} rows", "控制台保全看板")
    stages: Stages = (("已办完", tuple(dict.fromkeys(over))),) if due == "over" else STAGES
    if query["q"]:
        stages = (*STAGES, ("已办完", tuple(dict.fromkeys(over))))
    made = columns(stages, [(one.status, _card(one, over)) for one in found])
    return show(
        request, "board.html", title="保单变更与服务", query=query, columns=made,
        filters=[
            ("family", "哪一类", [(one.code, one.title) for one in families().values()]),
            ("due", "时限", (("late", "已超时"), ("over", "已办完的"))),
        ],
        filtered=any(query.values()), total=len(found), search_hint="申请号、保单号（/）",
        empty="没有在办的申请。客户在对话里办变更、退保、纸质保单、发票，都会到这里。",
    )  # fmt: skip


def _like(words: str) -> ColumnElement[bool]:
    clean = words.upper().replace(" ", "")
    found = [ServiceRequest.number == clean, ServiceRequest.policy_number == clean]
    if len(clean) >= 4:
        found.append(ServiceRequest.number.endswith(clean, autoescape=True))
    return or_(*found)


def _card(one: ServiceRequest, over: list[str]) -> Card:
    return Card(
        number=one.number,
        title=title_of(one),
        about=one.policy_number,
        status=families()[one.family].states[one.status].label,
        owner=one.owner,
        due_at=None if one.status in over else one.due_at,
        urgent="要见本人" if one.level == "V3" else "",
    )


@router.get("/{number}")
def service_page(request: Request, here: Reader, number: PathNumber) -> Response:
    """Show one request with its documents, and what may be done."""

    def read(uow: UnitOfWork) -> dict[str, Any]:
        services = book(uow, here)
        found = services.find(number)
        if found is None:
            raise Refused(f"没有申请 {number}，请核对号码。")
        full, family = here.may("endorsements", "full"), families()[found.family]
        states = {code: state.label for code, state in family.states.items()}
        policy = services.policy(found)
        return {
            "one": found,
            "title": title_of(found),
            "state": states[found.status],
            "told": family.states[found.status].says,
            "over": family.states[found.status].over,
            "facts": [*_facts(found, full=full), *_policy(policy)],
            "steps": policy_asks.service_steps(found) if here.may("endorsements", "handle") else [],
            "documents": services.documents.of(number),
            "photos": photos_of(uow, number) if full else [],
            "history": history(uow, number, states, full=full),
            "seen": seen_of(uow, number),
        }

    view = here.read(read)
    one = view["one"]
    here.saw(f"service {number}", "控制台查看申请", one.conversation_id, one.customer_id)
    return show(
        request, "work.html", base=f"/console/services/{number}", back="保单变更与服务",
        back_path="/console/services", handle=here.may("endorsements", "handle"),
        write=here.may("endorsements", "write"), chat=here.may("handoffs", "read"),
        document_words=DOCUMENT, extra=[], opinions=[], panels=[], **view,
    )  # fmt: skip


def _facts(one: ServiceRequest, *, full: bool) -> list[tuple[str, str]]:
    masks = {"phone": mask_phone, "name": mask_name}
    found = []
    for key, value in one.facts.items():
        if value in (None, "", [], {}) or key not in _LABELS:
            continue
        text = WAYS.get(str(value), str(value)) if key == "way" else str(value)
        found.append((_LABELS[key], masks[key](text) if key in masks and not full else text))
    return found


def _policy(policy: Any) -> list[tuple[str, str]]:
    if policy is None:
        return []
    plate = f"，{policy.plate}" if policy.plate else ""
    return [("保单", f"{policy.number}，{policy.product}{plate}，{policy.status}")]


def book(uow: UnitOfWork, here: Room) -> Services:
    """Return the services, changed in this person's name."""
    parts = here.parts
    return Services(uow, parts.cipher, parts.settings, here.now, here.staff.actor)


def _worked(
    request: Request,
    here: Room,
    number: str,
    form: Sent,
    do: Callable[[Services, ServiceRequest], object],
) -> Response:
    query = select(ServiceRequest).where(ServiceRequest.number == number)
    worked(here, query, number, form, lambda uow, found: do(book(uow, here), found))
    return done(request, f"/console/services/{number}")


@router.post("/{number}/move")
def move(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Take a request to another state; the customer is told."""

    def go(services: Services, found: ServiceRequest) -> None:
        step, given = step_of(policy_asks.service_steps(found), form)
        services.move(found, step.to, given)

    return _worked(request, here, number, form, go)


@router.post("/{number}/document")
def document(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Tick a document, send it back, do without it, or add one."""
    name, status = text_of(form, "name", "name")[:60], text_of(form, "status", "name")
    if not name or status not in DOCUMENT:
        raise Refused("请写材料的名字，并选它怎样了。")
    reason = text_of(form, "reason")
    return _worked(
        request, here, number, form, lambda s, found: s.document(found, name, status, reason)
    )


@router.post("/{number}/note")
def note(request: Request, here: Writer, number: PathNumber, form: Sent) -> Response:
    """Leave a note for colleagues."""
    words = text_of(form, "text", "story")
    if not words:
        raise Refused("还没有写内容，写一句再存。")
    return _worked(
        request, here, number, form, lambda s, found: s.note(found, "note", {"note": words})
    )
