"""The agents' desk: list, thread, what may be done with a conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Header, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import RowMapping
from starlette.responses import Response

from bot.console.drafts import TAB
from bot.console.inbox_list import page
from bot.console.live import event_stream
from bot.console.moves import around, moved
from bot.console.pages import show
from bot.console.parts import Room, may, room
from bot.console.views import Whole, whole
from bot.errors import Refused
from bot.full_desk import FullDesk
from bot.handoff import Done
from storage.drafts import Draft, Drafts
from storage.floor import STATES
from storage.models.staff import StaffUser
from storage.rules.skills import skills
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console")
_LOOKS = timedelta(seconds=25)
_MOST = 2_000
# Whoever looks up a message wants to see how it went on.
_AFTER = 25
Here = Annotated[Room, Depends(may("desk", "read"))]
Text = Annotated[str, Form(max_length=_MOST)]
Seen = Annotated[int | None, Form()]
Brief = Annotated[str, Form(max_length=3)]


@router.get("/inbox")
def inbox(
    request: Request,
    here: Here,
    tab: Annotated[str, Query(max_length=10)] = "queue",
    c: Annotated[int | None, Query(ge=1)] = None,
    at: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Show the desk, with a conversation open or none; ``at`` is the message to be looked at."""
    before = at + _AFTER if at else None
    view = here.read(lambda uow: whole(uow, here, c, before, at)) if c else None
    if view:
        _looked(here, view)
    return show(request, "inbox.html", view=view, **page(here, tab), alone=False, **around(here))


@router.get("/c/{number}")
def conversation(request: Request, here: Here, number: int) -> Response:
    """Show one conversation: thread, composer and what is known beside it."""
    view = here.read(lambda uow: whole(uow, here, number))
    _looked(here, view)
    return show(request, "_conversation.html", view=view, **around(here))


@router.get("/c/{number}/thread")
def thread(
    request: Request,
    here: Here,
    number: int,
    before: Annotated[int | None, Query()] = None,
    since: Annotated[int | None, Query()] = None,
) -> Response:
    """Show the thread alone; ``before`` leads into the past, ``since`` keeps the divider."""
    view = here.read(lambda uow: whole(uow, here, number, before))
    if before is None:
        _looked(here, view)
    if since is not None:
        view = replace(view, away=since - 1)
    # Into the past there is only the past; what is new renews what stands beside it too.
    return show(request, "_news.html" if before is None else "_thread.html", view=view)


@router.get("/c/{number}/look", status_code=204)
def look(here: Here, number: int) -> Response:
    """Say again that this agent looks at the conversation."""
    view = here.read(lambda uow: whole(uow, here, number))
    until, name = here.now + _LOOKS, here.staff.name
    here.change(lambda uow: uow.inbox.look(number, name, view.last_seq, until))
    return Response(status_code=204)


@router.get("/c/{number}/side")
def side(request: Request, here: Here, number: int) -> Response:
    """Show what is known about the customer and the matter."""
    view = here.read(lambda uow: whole(uow, here, number))
    return show(request, "_side.html", view=view, **around(here))


def _looked(here: Room, view: Whole) -> None:
    """Note that this agent looks, and write down whose data was shown."""
    until, agent = here.now + _LOOKS, here.staff.name
    here.parts.transactions.run(lambda uow: uow.inbox.look(view.id, agent, view.last_seq, until))
    here.saw(f"conversation {view.id}", "坐席台查看会话", view.id, view.customer_id)


@router.post("/c/{number}/take")
def take(request: Request, here: Here, number: int, seen: Seen = None) -> Response:
    """Take the conversation over."""
    force = here.staff.role in ("supervisor", "admin")
    name = here.staff.name
    return moved(request, here, number, lambda desk: desk.take(number, name, seen, force=force))


class Words(BaseModel):
    """A press of 发送: the same ``key`` is one message, ``told`` is what the page showed.

    ``draft`` is the revision of the draft that the page had, ``tab`` the page.
    """

    text: str = Field(max_length=_MOST)
    key: str = Field(max_length=64, pattern=r"^[\w-]{8,64}$")
    told: int | None = None
    brief: str = Field("", max_length=3)
    draft: int | None = None
    tab: str = Field("", pattern=TAB)
    csrf: str = ""


@router.post("/c/{number}/say")
def say(request: Request, here: Here, number: int, said: Annotated[Words, Form()]) -> Response:
    """Write to the customer; the same key is sent once however often it is pressed.

    ``told`` is the newest message that the page showed: what others said since is shown first.
    """
    words, key, told = said.text.strip(), said.key, said.told
    if not words:
        raise Refused("还没有写内容，写一句再发。")
    name = here.staff.name
    fresh: list[RowMapping] = []

    def speak(desk: FullDesk) -> Done:
        if told is not None and (new := desk.unseen(number, name, told, key)):
            fresh.extend(new)
            return Done(False)
        done = desk.say(number, name, words, key)
        if done.ok:
            mine = Draft(words, 0, said.tab)
            Drafts(desk.uow.connection).sent(number, name, mine, said.draft, here.now)
        return done

    try:
        return moved(request, here, number, speak, brief=bool(said.brief))
    except Refused:
        if not fresh:
            raise
        return show(request, "_collision.html", 412, lines=fresh, text=words)


@router.post("/c/{number}/note")
def note(request: Request, here: Here, number: int, text: Text, brief: Brief = "") -> Response:
    """Leave a note for colleagues."""
    if not text.strip():
        raise Refused("还没有写内容，写一句再存。")
    name = here.staff.name
    words = text.strip()
    return moved(
        request, here, number, lambda desk: desk.note(number, name, words), brief=bool(brief)
    )


@router.post("/c/{number}/release")
def release(request: Request, here: Here, number: int, seen: Seen = None) -> Response:
    """Put the conversation back into the queue."""
    name = here.staff.name
    return moved(request, here, number, lambda desk: desk.release(number, name, "放回排队", seen))


@router.post("/c/{number}/pass")
def pass_on(
    request: Request,
    here: Here,
    number: int,
    to: Annotated[str, Form(max_length=128)],
    seen: Seen = None,
) -> Response:
    """Pass the conversation to a colleague or to another group."""
    kind, _, whom = to.partition(":")
    name = here.staff.name
    if kind == "skill":
        title = skills().title(whom)
        return moved(
            request, here, number, lambda desk: desk.refer(number, name, whom, title, seen)
        )

    def transfer(desk: FullDesk) -> Done:
        known = desk.uow.session.query(StaffUser.id).filter_by(name=whom, disabled_at=None)
        if known.first() is None:
            return Done(False, f"没有叫{whom}的同事，请刷新后重选")
        if whom not in {agent.name for agent in desk.uow.floor.agents()}:
            return Done(False, f"{whom}现在不在线，请选别的同事，或者转给一组排队")
        return desk.transfer(number, name, whom, seen)

    return moved(request, here, number, transfer)


@router.post("/c/{number}/snooze")
def snooze(
    request: Request, here: Here, number: int, minutes: Annotated[int, Form(ge=0, le=10_080)]
) -> Response:
    """Put the conversation aside for a while; 0 brings it back."""
    until = here.now + timedelta(minutes=minutes) if minutes else None

    def put_aside(desk: FullDesk) -> Done:
        row = desk.uow.inbox.conversation(number)
        mine = row is not None and (row["owner"], row["agent"]) == ("agent", here.staff.name)
        if until and not (mine or here.may("handoffs", "approve")):
            return Done(False, "这个会话不在您手里，不能搁置。")
        desk.uow.ownership.snooze(number, until, here.now)
        return Done(True)

    return moved(request, here, number, put_aside)


@router.get("/state")
def own_state(request: Request, here: Here) -> Response:
    """Show the agent's own state, as it is now."""
    found = here.read(lambda uow: uow.floor.state_of(here.staff.name))
    state, reason = (found.state, found.reason) if found else ("offline", "")
    return show(request, "_state.html", state=state, reason=reason, states=STATES)


@router.post("/state")
def state(
    request: Request,
    here: Here,
    state: Annotated[str, Form(max_length=60)],
    reason: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Change the agent's own state; a break has its reason, in one press: «away:吃饭»."""
    state, _, said = state.partition(":")
    reason = reason or said[:40]
    if state not in STATES:
        raise Refused("没有这个状态，请刷新后再选。")
    if state in ("away", "offline") and not reason.strip():
        raise Refused("小休和离线请选一个原因，班长台上看得到。")
    name = here.staff.name

    def change(uow: UnitOfWork) -> None:
        if uow.floor.set_state(name, state, reason.strip(), here.now):
            # The person's other pages show it too, without a word.
            said = {"state": state, "reason": reason.strip(), "by": name}
            uow.ownership.tell("state", None, name, here.now, said)
        uow.floor.beat(name, here.now)

    here.change(change)
    return show(request, "_state.html", state=state, reason=reason, states=STATES)


@router.post("/alive", status_code=204)
async def alive(here: Annotated[Room, Depends(room)]) -> Response:
    """Hear that a page of this person runs; pages say so every few seconds."""
    here.parts.news.heard(here.staff.name)
    return Response(status_code=204)


@router.get("/events")
async def events(
    request: Request, here: Here, last_event_id: Annotated[str, Header()] = ""
) -> Response:
    """Stream what happens, from the last event the page had."""
    last = last_event_id or request.query_params.get("last", "")
    return event_stream(here.parts.news, here.staff.name, last)
