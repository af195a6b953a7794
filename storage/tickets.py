"""Every promise that is neither claim nor complaint: one model, changed here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.clockwork import words
from bot.clockwork.clocks import Clock, Event, run
from bot.clockwork.desk_hours import DeskHours
from bot.clockwork.workdays import WorkCalendar
from bot.errors import CalendarMissing, Refused
from bot.settings import Settings
from storage import addresses, calendars
from storage.crypto import Cipher
from storage.models.case import CaseEvent, Ticket
from storage.rules.ticket_kinds import RESTING, STATES, STATUSES, Kind, table
from storage.unit_of_work import UnitOfWork

Values = Mapping[str, Any]
REPLY = "ticket_reply"
_REPLY = "{title}（编号 {number}）有答复了：{reply}\n还有别的疑问直接说；不满意也可以告诉我。"
_SAID = ("words", "note", "details")


@dataclass
class TicketBook:
    """The tickets of one transaction, changed in the name of ``actor``."""

    uow: UnitOfWork
    cipher: Cipher
    settings: Settings
    now: datetime
    actor: str

    @cached_property
    def office(self) -> WorkCalendar:
        """Return the branch's working calendar."""
        return calendars.load(self.uow.connection, self.settings.calendar)

    @cached_property
    def desk(self) -> WorkCalendar:
        """Return the hours in which somebody answers, every day."""
        return DeskHours(self.settings.desk.opens, self.settings.desk.closes).calendar()

    def open(  # noqa: PLR0913 - a promise has these parts
        self,
        kind: str,
        values: Values,
        conversation_id: int | None = None,
        *,
        about: str | None = None,
        promised_at: datetime | None = None,
        unique_key: str | None = None,
        queue: str | None = None,
    ) -> Ticket:
        """Record a promise; it is due when its kind's clock or the named time says."""
        found = table().find(kind)
        said = " ".join(str(values.get(key) or "") for key in _SAID)
        ticket = Ticket(
            number=self.uow.cases.number("TK", self.now),
            conversation_id=conversation_id,
            kind=kind,
            status="new",
            facts=dict(values),
            queue=queue or table().queue_of(found, said).code,
            about=about,
            unique_key=unique_key,
            promised_at=promised_at,
            opened_at=self.now,
            updated_at=self.now,
            due_at=promised_at or self.due(kind),
        )
        self.uow.cases.add(ticket)
        self.note(ticket, "opened", {"kind": kind, "queue": ticket.queue})
        return ticket

    def due(self, kind: str) -> datetime:
        """Return when a promise of this kind is due that is made now."""
        found = table().find(kind)
        return self._due(found, Clock(found.rule_for(self.settings.desk), self.now))

    def open_once(self, unique_key: str, kind: str, values: Values, about: str) -> Ticket | None:
        """Record a promise unless there is one for this cause; two at once make one."""
        known = select(Ticket.id).where(Ticket.unique_key == unique_key)
        if self.uow.session.scalar(known) is not None:
            return None
        try:
            with self.uow.session.begin_nested():
                return self.open(kind, values, about=about, unique_key=unique_key)
        except IntegrityError:  # somebody else was faster
            return None

    def move(self, ticket: Ticket, status: str, note: str = "", reply: str = "") -> None:
        """Set the status; saying the same twice changes nothing."""
        if ticket.status == status and not (note or reply):
            return
        if ticket.status == "done" and status != "done":
            raise Refused(f"工单 {ticket.number} 已办结，要接着办请先重开并写明原因")
        if ticket.status == "restricted" and ticket.facts.get("left"):
            raise Refused(f"{ticket.number} 还有依法保留的，到期每晚接着办，不能提前办结")
        kind = table().find(ticket.kind)
        if status == "done" and kind.receipt and not (note or reply):
            raise Refused(f"「{kind.title}」办结要写回执：写明办得怎么样，客户会看到")
        data = {"before": ticket.status, "kind": ticket.kind, "note": note, "reply": reply}
        self._changed(ticket, status, {key: value for key, value in data.items() if value})
        ticket.status = status
        ticket.closed_at = self.now if status == "done" else None
        self.set_due(ticket)
        if reply:
            self.answer(ticket, reply)

    def answer(self, ticket: Ticket, reply: str) -> None:
        """Owe the customer an answer, and ask whether that was all (S32)."""
        phone = str(ticket.facts.get("phone") or "")
        where = addresses.address(self.uow, self.cipher, ticket.conversation_id, phone)
        if where is None:
            raise Refused("客户没有留下联系方式，答复发不出去；请把结果写给同事看的那一栏")
        title = table().find(ticket.kind).title
        count = select(func.count()).where(CaseEvent.case_number == ticket.number)
        self.uow.session.flush()
        key = f"ticket:{ticket.number}:reply:{self.uow.session.scalar(count)}"
        text = _REPLY.format(title=title, number=ticket.number, reply=reply)
        addresses.owe(self.uow, where, key=key, kind=REPLY, text=text, now=self.now)

    def hand_over(self, ticket: Ticket, queue: str | None, owner: str | None, reason: str) -> None:
        """Give it to another queue or person, with the reason; the clock runs on."""
        if queue is not None and queue not in table().queues:
            raise Refused(f"没有 {queue} 这个队列，可选：{'、'.join(table().queues)}")
        if ticket.status == "done":
            raise Refused(f"工单 {ticket.number} 已办结，不能移交")
        data = {"from": [ticket.queue, ticket.owner], "to": [queue or ticket.queue, owner]}
        # Another queue has to find its own person.
        ticket.queue, ticket.owner = queue or ticket.queue, owner
        self._changed(ticket, "handed_over", {**data, "reason": reason})

    def reopen(self, ticket: Ticket, reason: str) -> None:
        """Take it up again; the clock of its kind begins anew, a named time is over."""
        if ticket.status != "done":
            raise Refused(f"工单 {ticket.number} 还没有办结，不用重开")
        self._changed(ticket, "reopened", {"reason": reason})
        ticket.status, ticket.closed_at, ticket.promised_at = "new", None, None
        self.set_due(ticket)

    def promise(self, ticket: Ticket, at: datetime, reason: str) -> None:
        """Promise the customer another time; the old one stays in the history."""
        if at <= self.now:
            raise Refused("承诺的时间要晚于现在")
        data = {"before": ticket.due_at.isoformat(), "after": at.isoformat(), "reason": reason}
        self._changed(ticket, "promised", data)
        ticket.promised_at = ticket.due_at = at

    def note(self, ticket: Ticket, kind: str, data: dict[str, Any]) -> None:
        """Append to the history."""
        self.uow.cases.note(ticket.number, self.now, self.actor, kind, data)

    def _changed(self, ticket: Ticket, kind: str, data: dict[str, Any]) -> None:
        self.note(ticket, kind, data)
        ticket.updated_at = self.now

    def clock(self, ticket: Ticket) -> Clock:
        """Return the clock of a ticket from its history."""
        self.uow.session.flush()
        query = select(CaseEvent.kind, CaseEvent.at).where(CaseEvent.case_number == ticket.number)
        rows = self.uow.session.execute(query.order_by(CaseEvent.id))
        events = [Event(kind, at) for kind, at in rows] or [Event("opened", ticket.opened_at)]
        return run(table().find(ticket.kind).rule_for(self.settings.desk), events, STATES)

    def set_due(self, ticket: Ticket) -> None:
        """Work out anew when it is due; while it waits for the customer the old day stands."""
        if ticket.promised_at is None:
            ticket.due_at = self._due(table().find(ticket.kind), self.clock(ticket), ticket.due_at)

    def _due(self, kind: Kind, clock: Clock, stands: datetime | None = None) -> datetime:
        try:
            found = clock.due(self.calendar(kind))
        except CalendarMissing:
            # A promise is never refused; `reason` tells what to import.
            found = clock.due(self.desk)
        due_at = found or stands
        assert due_at is not None
        return due_at

    def calendar(self, kind: Kind) -> WorkCalendar:
        """Return the calendar that a kind counts on."""
        return self.office if kind.calendar == "office" else self.desk

    def reason(self, ticket: Ticket) -> str:
        """Return why it is due then, in words a clerk can check."""
        if ticket.promised_at is not None:
            return f"向客户承诺的时间：{words.moment(ticket.promised_at)}"
        clock, calendar = self.clock(ticket), self.calendar(table().find(ticket.kind))
        try:
            return words.reason(clock, clock.read(calendar, self.now), calendar)
        except CalendarMissing as error:
            return str(error)

    def locked(self, number: str) -> Ticket | None:
        """Return a ticket that nobody else changes until the end of the transaction."""
        query = select(Ticket).where(Ticket.number == number).with_for_update()
        return self.uow.session.scalar(query)


def overdue(ticket: Ticket, now: datetime) -> bool:
    """Tell whether the promise is broken; who waits for the customer breaks none."""
    return ticket.status not in RESTING and ticket.due_at <= now


def status_label(ticket: Ticket, now: datetime) -> str:
    """Return the state in the customer's words."""
    return STATUSES["overdue" if overdue(ticket, now) else ticket.status]
