"""Fulfils `bot.desks.tickets.TicketDesk` inside the turn's transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from bot.back_office import Values
from bot.clockwork.desk_hours import DeskHours
from bot.desks.tickets import TicketView
from bot.settings import Settings
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.case import CaseEvent, Ticket
from storage.personal import unfinished
from storage.rules.ticket_kinds import table
from storage.tickets import TicketBook, overdue, status_label
from storage.unit_of_work import UnitOfWork

_SHOWN = 5
_NUMBER = re.compile(r"[A-Z]{2}\d{12,24}")


class TicketsOfTurn:
    """The mixin of `TransactionBackOffice` for tickets; it has what is declared here."""

    uow: UnitOfWork
    conversation: OpenConversation
    cipher: Cipher
    settings: Settings
    at: datetime

    def proved_phones(self) -> list[str]:
        """Return the blind indexes of phones that this customer has proved."""
        raise NotImplementedError

    def log_seen(self, what: str, why: str) -> None:
        """Write down that this customer was shown something that is not of this conversation."""
        raise NotImplementedError

    def open_ticket(self, kind: str, values: Values) -> str:
        """Record any other promise and return its number."""
        about = str(values.get("about") or values.get("complaint") or "")
        number = about if _NUMBER.fullmatch(about) else None
        call_at = values.get("call_at")
        promised = datetime.fromisoformat(str(call_at)) if call_at else None
        ticket = _book(self).open(
            kind, values, self.conversation.id, about=number, promised_at=promised
        )
        return ticket.number

    def can_call(self, at: datetime) -> datetime:
        """Return ``at``, or the next opening of the desk."""
        return DeskHours(self.settings.desk.opens, self.settings.desk.closes).next_opening(at)

    def tickets(self, number: str | None = None) -> Sequence[TicketView]:
        """Return this conversation's promises; others only by number after a proof of phone."""
        mine: list[ColumnElement[bool]] = [Ticket.conversation_id == self.conversation.id]
        if number:
            # Whoever was erased is known by nothing but the number of the request.
            mine.append(and_(Ticket.number == number, Ticket.kind.in_(unfinished.ERASING)))
        proved = self.proved_phones() if number else []
        if number and proved:
            mine.append(Ticket.number == number)
        query = select(Ticket).where(or_(*mine))
        if number:
            query = query.where(Ticket.number == number)
        found = self.uow.session.scalars(query.order_by(Ticket.id.desc()).limit(50))
        shown = [ticket for ticket in found if _may_see(self, ticket, proved)][:_SHOWN]
        for ticket in shown:
            if ticket.conversation_id != self.conversation.id:
                self.log_seen(f"ticket {ticket.number}", "工单查询")
        return [_view(self, ticket) for ticket in shown]

    def add_to_ticket(self, number: str, words: str) -> bool:
        """Add words to an open promise; whoever waited for them goes on."""
        if not any(view.number == number and not view.done for view in self.tickets(number)):
            return False
        book = _book(self)
        ticket = book.locked(number)
        assert ticket is not None
        book.note(ticket, "supplement", {"words": words})
        if ticket.status == "waiting_customer":
            book.move(ticket, "assigned" if ticket.owner else "new", note=words)
        ticket.updated_at = self.at
        return True


def _book(office: TicketsOfTurn) -> TicketBook:
    return TicketBook(office.uow, office.cipher, office.settings, office.at, "customer")


def _may_see(office: TicketsOfTurn, ticket: Ticket, proved: Sequence[str]) -> bool:
    """Here everything that is not internal; elsewhere what a proved phone was left for."""
    kind = table().find(ticket.kind)
    if kind.internal or ticket.conversation_id == office.conversation.id:
        return not kind.internal
    if unfinished.anonymous(ticket):
        return True
    phone = str(ticket.facts.get("phone") or "")
    return not kind.private and bool(phone) and office.cipher.blind(phone) in proved


def _view(office: TicketsOfTurn, ticket: Ticket) -> TicketView:
    kind = table().find(ticket.kind)
    queue = table().queues.get(ticket.queue or "", kind.queue)
    return TicketView(
        number=ticket.number,
        title=kind.title,
        status=status_label(ticket, office.at),
        department=queue.title,
        doing=kind.doing,
        left=_left(ticket),
        opened_at=ticket.opened_at,
        due_at=ticket.due_at,
        late=overdue(ticket, office.at),
        done=ticket.status == "done",
        result=_result(office, ticket) if ticket.status == "done" else "",
    )


def _left(ticket: Ticket) -> str:
    """Return what an erasure could not take yet, as its person is told."""
    restricted = ticket.status == unfinished.STATUS
    return unfinished.told(ticket.number, ticket.facts) if restricted else ""


def _result(office: TicketsOfTurn, ticket: Ticket) -> str:
    """Return what the customer was answered; notes between colleagues stay inside."""
    query = select(CaseEvent.data).where(
        CaseEvent.case_number == ticket.number, CaseEvent.kind == "done"
    )
    answers = [str(data.get("reply") or "") for data in office.uow.session.scalars(query)]
    return answers[-1] if answers else ""
