"""Tickets as a clerk opens and moves them; the rules are those of `storage.tickets`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator
from sqlalchemy import select

from bot.api import history
from bot.api.desk import Desk
from bot.api.fields import Body, Code, Line, Moment, Phone, RowId, Story, Word
from bot.api.problems import Problem, invalid, missing
from bot.permissions import sees_ticket
from storage import complaint_parties
from storage.models.case import Ticket
from storage.rules.ticket_kinds import table
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

Number = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{12,24}$")]


class TicketIn(Body):
    """A promise; ``kind`` is a row of the table of kinds, ``promised_at`` a time named to them."""

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,31}$")]
    name: Word | None = None
    phone: Phone | None = None
    note: Story | None = None
    conversation: RowId | None = None
    about: Number | None = None
    promised_at: Moment | None = None
    queue: Code | None = None


class TicketStatus(Body):
    """How far the promise is kept; ``reply`` goes to the customer.

    That one is overdue, only the clock says.
    """

    status: Literal["new", "assigned", "waiting_customer", "done"]
    note: Story | None = None
    reply: Story | None = None


class HandoverIn(Body):
    """To whom it goes, and why."""

    queue: Code | None = None
    owner: Word | None = None
    reason: Line

    @model_validator(mode="after")
    def _to_somebody(self) -> HandoverIn:
        if not (self.queue or self.owner):
            raise ValueError("queue 和 owner 至少写一个")
        return self


class ReopenIn(Body):
    """Why it is taken up again."""

    reason: Line


class PromiseIn(Body):
    """Another time that was promised, and why."""

    promised_at: Moment
    reason: Line


def book(uow: UnitOfWork, desk: Desk) -> TicketBook:
    """Return the tickets, changed in the caller's name."""
    parts = desk.parts
    return TicketBook(uow, parts.cipher, parts.settings, desk.now, desk.caller.actor)


def open_ticket(uow: UnitOfWork, desk: Desk, said: TicketIn) -> Ticket:
    """Record a ticket and what was left for it."""
    if said.kind not in table().kinds:
        raise invalid("body.kind", f"没有这一种，可选：{'、'.join(table().kinds)}")
    if said.queue and said.queue not in table().queues:
        raise invalid("body.queue", f"没有这个队列，可选：{'、'.join(table().queues)}")
    if said.promised_at and said.promised_at <= desk.now:
        raise invalid("body.promised_at", "承诺的时间要晚于现在")
    if not sees_ticket(desk.caller.role, said.kind):
        raise Problem("forbidden", f"角色 {desk.caller.role} 不能新建 {said.kind} 类工单。")
    history.check_conversation(uow, said.conversation)
    facts = said.model_dump(include={"name", "phone", "note"}, exclude_none=True)
    return book(uow, desk).open(
        said.kind,
        facts,
        said.conversation,
        about=said.about,
        promised_at=said.promised_at,
        queue=said.queue,
    )


def find(uow: UnitOfWork, desk: Desk, number: str, *, lock: bool = False) -> Ticket:
    """Return a ticket that the caller may see: of their kinds or queues, not against them."""
    query = select(Ticket).where(Ticket.number == number)
    ticket = uow.session.scalar(query.with_for_update() if lock else query)
    if ticket is None or not _may_see(uow, desk, ticket):
        raise missing(f"工单 {number}")
    return ticket


def _may_see(uow: UnitOfWork, desk: Desk, ticket: Ticket) -> bool:
    role, about = desk.caller.role, ticket.about or ""
    theirs = sees_ticket(role, ticket.kind) or ticket.queue in table().queues_of(role)
    label, cipher = desk.caller.label, desk.parts.cipher
    return theirs and not complaint_parties.is_against(uow.session, cipher, about, label)
