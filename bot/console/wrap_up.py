"""The end of a stretch by a person: what it was about, what is still owed, whether to ask."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from bot.console.moves import moved
from bot.console.parts import Room, may
from bot.console.tickets import book
from bot.console.views import whole
from bot.console.wrap_words import lists
from bot.errors import Refused
from bot.full_desk import FullDesk
from bot.handoff import Done
from storage.tickets import TicketBook

router = APIRouter(prefix="/console/c/{number}")
KIND = "follow_up"


class WrapUp(BaseModel):
    """What an agent says at the end; ``solved`` is theirs to choose, nothing is preset."""

    reason: str = Field("", max_length=40)
    product: str = Field("", max_length=40)
    solved: Literal["yes", "no", ""] = ""
    follow_up: str = Field("", max_length=200)
    due: date | Literal[""] = ""
    survey: Literal["yes", "no"] = "yes"
    why_not: str = Field("", max_length=60)
    seen: int | None = None
    csrf: str = ""

    def check(self, now: datetime) -> None:
        """Refuse what nobody could act on later."""
        self._check_choices()
        if not self.solved:
            raise Refused("请选一下「解决了」还是「还没有」，再结束。")
        if self.due and not self.follow_up.strip():
            raise Refused("选了跟进日期，请写一句要跟进什么。")
        if self.due and self.due < now.date():
            raise Refused("跟进日期已经过去了，请选今天或以后。")
        if self.survey == "no" and not self.why_not.strip():
            raise Refused("不请客户评价，请写一句为什么，质检看得到。")

    def _check_choices(self) -> None:
        """Refuse what could not be counted; no certain product is a choice too."""
        if not self.reason.strip():
            raise Refused("请选一下「来办什么」，再结束。")
        if self.reason not in {one.title for one in lists().reasons}:
            raise Refused(f"「来办什么」里没有「{self.reason}」，请从列表里重选。")
        if self.product and self.product not in {one.title for one in lists().products}:
            raise Refused(f"「哪类保险」里没有「{self.product}」，请从列表里重选。")

    def kept(self) -> dict[str, str]:
        """Return what stays with the request."""
        return {
            "reason": self.reason, "product": self.product, "solved": self.solved,
            "follow_up": self.follow_up.strip(), "due": str(self.due), "survey": self.survey,
            "why_not": self.why_not.strip() if self.survey == "no" else "",
        }  # fmt: skip


@router.get("/about")
def about_now(
    here: Annotated[Room, Depends(may("desk", "read"))], number: Annotated[int, Path(ge=1)]
) -> Response:
    """Tell what the conversation is about by now: the sheet may have stood there for long."""
    found = here.read(lambda uow: whole(uow, here, number)).about
    return JSONResponse({"reason": found.reason, "product": found.product})


@router.post("/close")
def close(
    request: Request,
    here: Annotated[Room, Depends(may("desk", "read"))],
    number: Annotated[int, Path(ge=1)],
    wrap: Annotated[WrapUp, Form()],
) -> Response:
    """End the service by a person; the bot takes over, and what is owed is a ticket of theirs."""
    wrap.check(here.now)

    def end(desk: FullDesk) -> Done:
        done = desk.hand_back(number, here.staff.name, wrap.seen, wrap.kept())
        if done.ok and not done.again and wrap.follow_up.strip():
            owe(desk, book(desk.uow, here), number, wrap)
        return done

    return moved(request, here, number, end)


def owe(desk: FullDesk, tickets: TicketBook, number: int, wrap: WrapUp) -> None:
    """Open the ticket that reminds whoever promised it: the actor of ``tickets``."""
    conversation = desk.uow.ownership.open(number)
    facts = {"words": wrap.follow_up.strip(), "details": f"{wrap.reason} {wrap.product}".strip()}
    ticket = tickets.open(
        KIND,
        facts,
        number,
        promised_at=_by(tickets, wrap.due) if wrap.due else None,
        unique_key=f"wrap:{number}:{conversation.owner_rev if conversation else 0}",
    )
    ticket.owner = tickets.actor
    tickets.move(ticket, "assigned", note=f"{tickets.actor}结束会话时约定")


def _by(tickets: TicketBook, day: date) -> datetime:
    """Return the end of the desk's day; late on the day itself the end of that day."""
    end = datetime.combine(day, tickets.settings.desk.closes, tickets.now.tzinfo)
    return end if end > tickets.now else end.replace(hour=23, minute=59)
