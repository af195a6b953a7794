"""The history of a case, and notes added to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.api.desk import Desk
from bot.api.fields import Body, RowId, Story
from bot.api.problems import invalid
from storage.models.case import CaseEvent
from storage.models.conversation import Conversation
from storage.unit_of_work import UnitOfWork


class EventView(BaseModel):
    """One thing that happened to a case."""

    at: datetime
    actor: str
    kind: str
    data: dict[str, Any]


class NoteIn(Body):
    """A note of a member of staff."""

    text: Story


def history(session: Session, number: str, *, full: bool = True) -> list[EventView]:
    """Return what happened to a case, oldest first; without ``full`` only that it happened."""
    query = select(CaseEvent).where(CaseEvent.case_number == number).order_by(CaseEvent.id)
    return [
        EventView(at=event.at, actor=event.actor, kind=event.kind, data=event.data if full else {})
        for event in session.scalars(query)
    ]


def add(uow: UnitOfWork, desk: Desk, number: str, kind: str, data: dict[str, Any]) -> EventView:
    """Append to the history of a case in the caller's name."""
    uow.cases.note(number, desk.now, desk.caller.actor, kind, data)
    return EventView(at=desk.now, actor=desk.caller.actor, kind=kind, data=data)


def check_conversation(uow: UnitOfWork, conversation: RowId | None) -> None:
    """Refuse a reference to a conversation that does not exist."""
    if conversation is not None and uow.session.get(Conversation, conversation) is None:
        raise invalid("body.conversation", "没有这个会话")
