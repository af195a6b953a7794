"""Several people at one conversation: supervisors, colleagues who type, one customer twice."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from sqlalchemy import select
from starlette.responses import Response

from bot.console.meter import meter_of
from bot.console.moves import moved
from bot.console.parts import Room, may
from bot.errors import Refused
from bot.full_desk import FullDesk
from bot.handoff import Done
from storage.models.staff import StaffUser
from storage.same_people import SamePeople
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/c/{number}")
Here = Annotated[Room, Depends(may("desk", "read"))]
Lead = Annotated[Room, Depends(may("handoffs", "approve"))]
Number = Annotated[int, Path(ge=1)]
Seen = Annotated[int | None, Form()]


@router.post("/join")
def join(request: Request, here: Lead, number: Number, seen: Seen = None) -> Response:
    """Speak along with the agent."""
    name = here.staff.name
    return moved(request, here, number, lambda desk: desk.join(number, name, seen))


@router.post("/leave")
def leave(request: Request, here: Lead, number: Number) -> Response:
    """Speak along no more."""
    name = here.staff.name
    return moved(request, here, number, lambda desk: desk.leave(number, name))


@router.post("/assign")
def assign(
    request: Request,
    here: Lead,
    number: Number,
    to: Annotated[str, Form(max_length=128)],
    seen: Seen = None,
) -> Response:
    """Give the conversation to somebody."""
    name = here.staff.name

    def give(desk: FullDesk) -> Done:
        query = select(StaffUser.role).where(StaffUser.name == to, StaffUser.disabled_at.is_(None))
        if desk.uow.session.scalar(query) not in ("agent", "supervisor", "admin"):
            return Done(False, f"没有叫{to}的坐席，请刷新后重选")
        return desk.assign(number, name, to, seen)

    return moved(request, here, number, give)


@router.post("/recall/{seq}")
def recall(request: Request, here: Here, number: Number, seq: int) -> Response:
    """Take one's own words back."""
    name = here.staff.name
    return moved(request, here, number, lambda desk: desk.recall(number, name, seq))


@router.post("/retry/{seq}")
def retry(request: Request, here: Here, number: Number, seq: int) -> Response:
    """Send again what did not arrive."""
    name = here.staff.name
    return moved(request, here, number, lambda desk: desk.retry(number, name, seq))


@router.post("/resend")
def resend(request: Request, here: Here, number: Number) -> Response:
    """Send what waited for the customer to speak again."""
    name = here.staff.name

    def again(desk: FullDesk) -> Done:
        row = desk.uow.inbox.conversation(number)
        meter = meter_of(desk.uow, row, (), desk.now) if row else None
        return desk.resend(number, name, meter.left if meter else 0)

    return moved(request, here, number, again)


@router.post("/typing", status_code=204)
def typing(here: Here, number: Number) -> Response:
    """Let those who look at the conversation see that somebody writes; nobody looks: nothing."""
    name = here.staff.name
    if here.read(lambda uow: uow.inbox.viewers(number, name, here.now)):
        here.change(lambda uow: _typing(uow, number, name, here))
        here.parts.news.ring()
    return Response(status_code=204)


def _typing(uow: UnitOfWork, number: int, name: str, here: Room) -> None:
    uow.ownership.tell("typing", number, None, here.now, {"by": name})


@router.post("/same")
def same(
    request: Request,
    here: Here,
    number: Number,
    other: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Write down that two conversations are one person's."""
    digits = other.strip().lstrip("#")
    if not digits.isdigit():
        raise Refused("请写另一个会话的编号，就是右边「会话 #」后面的数字。")
    found = int(digits)

    def work(desk: FullDesk) -> Done:
        if desk.uow.inbox.conversation(found) is None:
            return Done(False, f"没有会话 #{found}，请核对编号")
        people, by = SamePeople(desk.uow.connection), here.staff.name
        people.join("conversation", number, found, reason, by, desk.now)
        _record(desk, here, "joined", number, {"other": found})
        return Done(True)

    return moved(request, here, number, work)


@router.post("/part/{other}")
def part(request: Request, here: Here, number: Number, other: int) -> Response:
    """Take a conversation out of the group again."""

    def work(desk: FullDesk) -> Done:
        people = SamePeople(desk.uow.connection)
        if not people.part("conversation", other, here.staff.name, desk.now):
            return Done(False, "这个会话已经拆开了，请刷新再看")
        _record(desk, here, "parted", number, {"other": other})
        return Done(True)

    return moved(request, here, number, work)


def _record(desk: FullDesk, here: Room, what: str, number: int, detail: dict[str, Any]) -> None:
    """Who joined or parted what stands in the chain; open pages look anew."""
    desk.uow.audit.note(desk.now, here.staff.actor, "edit", f"conversation {number} {what}", detail)
    for one in (number, detail["other"]):
        desk.uow.ownership.tell("message", one, None, desk.now)
