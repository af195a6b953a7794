"""Tags of a conversation: put on and taken off by whoever serves, seen beside it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from bot.console.moves import moved
from bot.console.parts import Room, may
from bot.console.tag_words import words
from bot.full_desk import FullDesk
from bot.handoff import Done
from storage.tags import Tags

router = APIRouter(prefix="/console/c/{number}/tag")
Here = Annotated[Room, Depends(may("desk", "read"))]
Number = Annotated[int, Path(ge=1)]
Word = Annotated[str, Form(max_length=64)]


@router.post("")
def put(request: Request, here: Here, number: Number, tag: Word) -> Response:
    """Put a tag of the list on."""
    name = here.staff.name

    def work(desk: FullDesk) -> Done:
        if tag not in words():
            return Done(False, "没有这个标签，请从列表里选")
        Tags(desk.uow.connection).put(number, tag, name, desk.now)
        return _told(desk, number, here, {"on": tag})

    return moved(request, here, number, work)


@router.post("/off")
def take_off(request: Request, here: Here, number: Number, tag: Word) -> Response:
    """Take a tag off again."""

    def work(desk: FullDesk) -> Done:
        Tags(desk.uow.connection).take_off(number, tag)
        return _told(desk, number, here, {"off": tag})

    return moved(request, here, number, work)


def _told(desk: FullDesk, number: int, here: Room, detail: dict[str, str]) -> Done:
    """Who tagged what stands in the chain; open pages look anew."""
    desk.uow.audit.note(desk.now, here.staff.actor, "edit", f"conversation {number} tag", detail)
    desk.uow.ownership.tell("message", number, None, desk.now)
    return Done(True)
