"""The supervisor's page: who waits, who works, what is late; every number opens its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import distinct, func, or_, select
from starlette.responses import Response

from bot.console.complaints import late_by
from bot.console.pages import show, span
from bot.console.parts import Room, may
from bot.console.tickets import of_view, visible
from storage import desk_presence
from storage.floor import DEFAULT_CAPACITY
from storage.models.case import Claim, Complaint, Handoff
from storage.models.conversation import Conversation, Message
from storage.models.episode import AgentPresence, AgentState, Episode
from storage.models.staff import StaffUser
from storage.rules import claim_states, complaint_states
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/floor")
Lead = Annotated[Room, Depends(may("audit", "read"))]
_DAY = timedelta(hours=24)
_SOON = timedelta(minutes=2)
_STATES = {"online": "在线", "busy": "忙碌", "away": "小休", "offline": "离线"}


@dataclass(frozen=True)
class Tile:
    """A figure, how it is counted, and the address of its rows."""

    title: str
    value: str
    formula: str
    path: str
    bad: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody at work: state, since when, hands full or not, when they last wrote."""

    name: str
    role: str
    state: str
    dot: str
    since: datetime | None
    capacity: int
    conversations: Sequence[int]
    wrote_at: datetime | None
    heard_at: datetime | None


@router.get("")
def floor(request: Request, here: Lead) -> Response:
    """Show the whole page."""
    return show(request, "floor.html", **here.read(lambda uow: _now(uow, here)))


@router.get("/now")
def now(request: Request, here: Lead) -> Response:
    """Show the figures alone; the page asks again every few seconds."""
    return show(request, "_floor.html", **here.read(lambda uow: _now(uow, here)))


def _now(uow: UnitOfWork, here: Room) -> dict[str, Any]:
    people = _people(uow, here.now)
    return {"tiles": [*_desk(uow, here, people), *_deadlines(uow, here)], "people": people}


def _desk(uow: UnitOfWork, here: Room, people: Sequence[Person]) -> list[Tile]:
    waiting = list(uow.floor.open_handoffs())
    first = min(waiting, key=lambda one: one.opened_at, default=None)
    late = [one for one in waiting if one.answer_by <= here.now + _SOON]
    longest = span((here.now - first.opened_at).total_seconds()) if first else "没有"
    to_first = f"/console/inbox?tab=queue&c={first.conversation_id}" if first else ""
    queue = "/console/inbox?tab=queue"
    states = [person.dot for person in people]
    at_work = f"{states.count('online')} / {states.count('busy')}"
    return [
        Tile("排队", str(len(waiting)), "还没有人接的转人工", queue, bool(waiting)),
        Tile("最久等待", longest, "最早一位从转人工到现在", to_first or queue),
        Tile("应答告急", str(len(late)), "承诺的应答时间不到 2 分钟或已过", queue, bool(late)),
        Tile("在线 / 忙碌", at_work, "控制台开着、状态是在线或忙碌的人", "#people"),
        _bot_share(uow, here),
    ]


def _bot_share(uow: UnitOfWork, here: Room) -> Tile:
    """Of those who wrote today, the share that no person was asked for."""
    midnight = here.now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = select(Conversation.id).where(Conversation.last_at >= midnight)
    asked = select(func.count(distinct(Handoff.conversation_id))).where(
        Handoff.opened_at >= midnight, Handoff.conversation_id.in_(today)
    )
    total = int(uow.session.scalar(select(func.count()).select_from(today.subquery())) or 0)
    people = int(uow.session.scalar(asked) or 0)
    share = f"{100 * (total - people) / total:.0f}%" if total else "—"
    formula = f"今天说过话的 {total} 位里，没有转人工的 {total - people} 位"
    return Tile("机器人办完", share, formula, "/console/inbox?tab=all")


def _deadlines(uow: UnitOfWork, here: Room) -> list[Tile]:
    over = claim_states.machine().over
    claims = select(Claim.id).where(Claim.due_at <= here.now + _DAY, Claim.status.not_in(over))
    ended = complaint_states.machine().over
    soon = late_by(here.now + timedelta(days=3))
    complaints = select(Complaint.id).where(soon, Complaint.status.not_in(ended))
    tickets = of_view(visible(here), "late", here)
    found = [
        ("案件要超时", claims, "24 小时内到期或已超时", "/console/claims?due=today"),
        ("投诉要超期", complaints, "3 天内到期或已超期", "/console/complaints?due=soon"),
        ("工单已超时", tickets, "过了时限还没办结", "/console/tickets?view=late"),
    ]
    made = []
    for title, query, formula, path in found:
        counted = uow.session.scalar(select(func.count()).select_from(query.subquery()))
        made.append(Tile(title, str(counted or 0), formula, path, bool(counted)))
    return made


def _state(state: AgentState | None, dot: str, *, in_group: bool) -> str:
    """Return what somebody does, in words; the group is a desk as well."""
    reason = f"：{state.reason}" if state and state.reason else ""
    return "在坐席群里" if dot == "offline" and in_group else f"{_STATES.get(dot, dot)}{reason}"


def _people(uow: UnitOfWork, now: datetime) -> list[Person]:
    session = uow.session
    users = session.scalars(select(StaffUser).where(StaffUser.disabled_at.is_(None))).all()
    open_states = select(AgentState).where(AgentState.until.is_(None)).order_by(AgentState.id)
    states = {one.agent: one for one in session.scalars(open_states)}
    heard = {one.agent: one.seen_at for one in session.scalars(select(AgentPresence))}
    hands = _hands(uow)
    wrote = _wrote(uow, [user.name for user in users], now - _DAY)
    group = set(desk_presence.at_work(uow.connection, now))
    made = []
    for user in users:
        state = states.get(user.name)
        dot = state.state if state else "offline"
        absent = dot == "offline" and user.name not in group
        if user.role != "agent" and absent and not hands.get(user.name):
            continue
        made.append(
            Person(
                name=user.name,
                role=user.role,
                state=_state(state, dot, in_group=user.name in group),
                dot=dot,
                since=state.since if state else None,
                capacity=max(1, user.capacity or DEFAULT_CAPACITY),
                conversations=hands.get(user.name, []),
                wrote_at=wrote.get(user.name),
                heard_at=heard.get(user.name),
            )
        )
    order = {"online": 0, "busy": 1, "away": 2}
    return sorted(made, key=lambda person: (order.get(person.dot, 3), person.name))


def _hands(uow: UnitOfWork) -> dict[str, list[int]]:
    """Return the conversations that each person has."""
    query = select(Conversation.agent, Conversation.id).where(Conversation.owner == "agent")
    found: dict[str, list[int]] = {}
    for agent, number in uow.session.execute(query.order_by(Conversation.id)):
        found.setdefault(str(agent), []).append(number)
    return found


def _wrote(uow: UnitOfWork, people: Sequence[str], since: datetime) -> dict[str, datetime]:
    """Return when each person last wrote, also to those whom they serve no longer."""
    wrote = (Message.author == "agent", Message.at >= Episode.opened_at)
    query = (
        select(Episode.agent, func.max(Message.at))
        .join(Message, Message.conversation_id == Episode.conversation_id)
        .where(Episode.agent.in_(people), Episode.opened_at > since, *wrote)
        .where(or_(Episode.closed_at.is_(None), Message.at <= Episode.closed_at))
        .group_by(Episode.agent)
    )
    return {str(agent): at for agent, at in uow.session.execute(query)}
