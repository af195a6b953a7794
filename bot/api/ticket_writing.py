"""Tickets as a clerk opens them; the rules are those of `storage.back_office`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import StringConstraints

from bot.api import history
from bot.api.desk import Desk
from bot.api.fields import Body, Phone, RowId, Story, Word
from bot.api.problems import Problem
from bot.clock import SHANGHAI
from bot.clockwork.desk_hours import DeskHours
from bot.permissions import sees_ticket
from storage.models.case import Ticket
from storage.unit_of_work import UnitOfWork


class TicketIn(Body):
    """A promise; ``kind`` is an intent code."""

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,31}$")]
    name: Word | None = None
    phone: Phone | None = None
    note: Story | None = None
    conversation: RowId | None = None


class TicketStatus(Body):
    """How far the promise is kept. That one is overdue, only the clock says."""

    status: Literal["new", "assigned", "waiting_customer", "done"]
    note: Story | None = None


def open_ticket(uow: UnitOfWork, desk: Desk, said: TicketIn) -> Ticket:
    """Record a ticket and what was left for it."""
    if not sees_ticket(desk.caller.role, said.kind):
        raise Problem("forbidden", f"角色 {desk.caller.role} 不能新建 {said.kind} 类工单。")
    history.check_conversation(uow, said.conversation)
    rules = desk.parts.settings.desk
    opening = DeskHours(rules.opens, rules.closes).next_opening(desk.now.astimezone(SHANGHAI))
    ticket = Ticket(
        number=uow.cases.number("TK", desk.now),
        conversation_id=said.conversation,
        kind=said.kind,
        status="new",
        facts=said.model_dump(exclude_none=True, exclude={"kind", "conversation"}),
        opened_at=desk.now,
        due_at=opening + timedelta(hours=rules.call_back_hours),
    )
    uow.cases.add(ticket)
    history.add(uow, desk, ticket.number, "opened", {"kind": said.kind})
    return ticket
