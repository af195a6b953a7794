"""An agent sees that the bot answered wrongly: one press, and the editors have the question."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy import select
from starlette.responses import Response

from bot.console.moves import moved
from bot.console.parts import Room, may
from bot.full_desk import FullDesk
from bot.handoff import Done
from storage.after_sending import AfterSending
from storage.models.base import table_of
from storage.models.conversation import Message

router = APIRouter(prefix="/console/c/{number}")
_message = table_of(Message)
_LONGEST = 500
_NO_QUESTION = "这一条不是知识库答的，没有可以标的"


@router.post("/wrong/{seq}")
def wrong(
    request: Request,
    here: Annotated[Room, Depends(may("desk", "read"))],
    number: Annotated[int, Path(ge=1)],
    seq: Annotated[int, Path(ge=1)],
) -> Response:
    """Mark an answer of the knowledge base as wrong; twice is once."""
    name = here.staff.name

    def mark(desk: FullDesk) -> Done:
        after = AfterSending(desk.uow.connection)
        answer = after.message(number, seq)
        body = dict(answer["body"]) if answer and answer["author"] == "bot" else {}
        if answer is None or not body.get("entry"):
            return Done(False, _NO_QUESTION)
        if body.get("wrong"):
            return Done(True)
        asked = _asked(desk, number, answer["reply_to"], body)
        trace = {"entry": body["entry"], "score": body.get("score") or 0.0, "by": name}
        desk.uow.misses.note(number, "unsolved", asked[:_LONGEST], trace, here.now)
        after.mark(answer["id"], {**body, "wrong": {"by": name, "at": here.now.isoformat()}})
        desk.uow.ownership.tell("message", number, None, here.now)
        return Done(True)

    return moved(request, here, number, mark)


def _asked(desk: FullDesk, number: int, seq: int | None, body: dict[str, Any]) -> str:
    """Return what the customer asked: their words, or what the search was for."""
    query = select(_message.c.body).where(
        _message.c.conversation_id == number, _message.c.seq == (seq or 0)
    )
    said = desk.uow.connection.execute(query).scalar() or {}
    trace = body.get("trace") or {}
    return str(said.get("text") or trace.get("typed") or trace.get("asked") or body["entry"])
