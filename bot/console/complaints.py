"""The desk of complaints: a board by stage with the days left, and a page to work on one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, and_, or_
from starlette.responses import Response

from bot.clock import SHANGHAI
from bot.console import asks, complaint_asks
from bot.console.asks import Field
from bot.console.boards import narrowed, stages
from bot.console.cases import Card, PathNumber, Word, columns
from bot.console.complaint_pages import STATES, page, visible
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.console.reveal import reason_of, saw
from storage.models.case import Complaint
from storage.rules import complaint as rules
from storage.rules.complaint_states import machine
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/complaints")
Reader = Annotated[Room, Depends(may("complaints", "read"))]
STAGES = (
    ("待受理", ("received",)),
    ("调查", ("accepted", "investigating", "extended")),
    ("方案与沟通", ("proposing", "negotiating")),
    ("已告知决定", ("decided",)),
    ("核查、调解", ("review", "mediation", "suspended")),
)
_OVER = (
    ("已办结", ("closed",)),
    ("已撤回", ("withdrawn",)),
    ("转出、合并", ("transferred", "merged")),
)
# Before the decision the legal day counts.
OPEN = ("received", "accepted", "investigating", "extended", "proposing", "negotiating")
_MOST = 400


class Filters(BaseModel):
    """What the board is narrowed to; nothing by itself."""

    q: Word = ""
    severity: Word = ""
    category: Word = ""
    owner: Word = ""
    due: Word = ""


@router.get("")
def board(request: Request, here: Reader, filters: Annotated[Filters, Query()]) -> Response:
    """Show the complaints that are under way, by stage; those due first stand first."""
    query = {**filters.model_dump(), "q": filters.q.strip()}
    statement = visible(here, _narrowed(here, query))

    def read(uow: UnitOfWork) -> list[Complaint]:
        return list(uow.session.scalars(statement.limit(_MOST)))

    found = here.read(read)
    found.sort(key=lambda one: (_due(one) is None, _due(one) or here.now))
    made = columns(stages(query, STAGES, _OVER), [(one.status, _card(one)) for one in found])
    here.saw(f"complaints board, {len(found)} rows", "控制台投诉看板")
    people = sorted({(one.owner, one.owner) for one in found})
    offered = [
        ("severity", "级别", tuple((one, one) for one in complaint_asks.LEVELS)),
        ("category", "环节", _categories()),
        ("owner", "经办人", people),
        ("due", "期限", (("late", "已超期"), ("soon", "3 天内到期"), ("over", "已办结的"))),
    ]
    return show(
        request, "board.html", title="投诉", query=query, filters=offered,
        columns=[one for one in made if one.count or not query["q"]],
        filtered=any(query.values()), total=len(found),
        search_hint="投诉号、保单号、报案号、手机号（/）",
        empty="没有投诉在办。客户在对话里投诉，或者从「来电来访」登记，都会到这里。",
    )  # fmt: skip


def _categories() -> list[tuple[str, str]]:
    names = dict.fromkeys(str(row["name"]) for row in rules.rules()["category"])
    return [(name, name) for name in names]


def _narrowed(here: Room, query: dict[str, str]) -> Select[Any]:
    statement = narrowed(
        Complaint, query, like(here, query["q"]) if query["q"] else None, machine().over,
        (Complaint.severity, Complaint.category, Complaint.owner),
    )  # fmt: skip
    if query["due"] in ("late", "soon"):
        until = here.now + timedelta(days=3 if query["due"] == "soon" else 0)
        statement = statement.where(late_by(until))
    return statement


def like(here: Room, words: str) -> ColumnElement[bool]:
    """Return the condition of a search: a number, a policy, a claim, a telephone number."""
    clean = words.upper().replace(" ", "")
    found = [
        Complaint.number == clean,
        Complaint.policy_number == clean,
        Complaint.claim_number == clean,
    ]
    if len(clean) >= 4:
        found.append(Complaint.number.endswith(clean, autoescape=True))
    if clean.isdigit():
        found.append(Complaint.phone_blind == here.parts.cipher.blind(clean))
    return or_(*found)


def _due(complaint: Complaint) -> datetime | None:
    """Return the next deadline; until the decision that is at the latest the legal day."""
    if complaint.due_at is not None or complaint.status not in OPEN:
        return complaint.due_at
    return datetime.combine(complaint.due_on, time(23, 59), SHANGHAI)


def late_by(until: datetime) -> ColumnElement[bool]:
    """Return the condition of being due by then."""
    day = and_(
        Complaint.due_at.is_(None), Complaint.status.in_(OPEN), Complaint.due_on <= until.date()
    )
    return or_(Complaint.due_at <= until, day)


def _card(complaint: Complaint) -> Card:
    return Card(
        number=complaint.number,
        title=complaint.category,
        about=complaint.dispute or "",
        status=STATES[complaint.status],
        owner=complaint.owner,
        due_at=_due(complaint),
        urgent=complaint.severity if complaint.severity in ("P0", "P1") else "",
    )


@router.get("/{number}")
def complaint_page(request: Request, here: Reader, number: PathNumber) -> Response:
    """Show one complaint with days, clocks, people, history and what may be done."""
    return _page(request, here, number)


@router.post("/{number}/reveal")
def reveal(request: Request, here: Reader, number: PathNumber, form: asks.Sent) -> Response:
    """Show names and numbers in full to whoever says why; once, on this page."""
    return _page(request, here, number, reason_of(form))


def _page(request: Request, here: Room, number: str, reason: str = "") -> Response:
    view = here.read(lambda uow: page(uow, here, number, shown=bool(reason)))
    saw(here, f"complaint {number}", "控制台查看投诉", reason, view.complaint.conversation_id)
    return show(
        request, "complaint.html", revealed=bool(reason), view=view,
        handle=here.may("complaints", "handle"),
        approve=here.may("complaints", "approve"), take=here.may("complaints", "evidence"),
        chat=here.may("handoffs", "read"), forms=_forms(view.people),
        evidence=complaint_asks.EVIDENCE, answer=complaint_asks.ANSWER,
        extension=complaint_asks.EXTENSION, money=complaint_asks.MONEY,
        position=complaint_asks.POSITION, callback=complaint_asks.CALLBACK,
    )  # fmt: skip


def _forms(people: asks.Options) -> list[tuple[str, str, tuple[Field, ...]]]:
    """Return what may be done beside moving it on: (address, name, fields)."""
    owner = (
        Field("owner", "经办人", "choice", required=True, options=people),
        complaint_asks.REASON,
    )
    return [
        ("owner", "换经办人", owner),
        ("party", "登记有关的人", complaint_asks.PARTY),
        ("severity", "改严重度", complaint_asks.SEVERITY),
    ]
