"""Fulfils `bot.desks.call_backs.CallBackDesk` inside the turn's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.desks.tickets import TicketView
from bot.settings import Settings
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.case import Ticket
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

_KIND = "callback"
_OFF, _MOVED, _NUMBER = "客户说不用打了：", "客户改时间：", "客户留了电话："


class CallBacksOfTurn:
    """The mixin of `TransactionBackOffice` for promised calls; it has what is declared here."""

    uow: UnitOfWork
    conversation: OpenConversation
    cipher: Cipher
    settings: Settings
    at: datetime

    if TYPE_CHECKING:

        def tickets(self, number: str | None = None) -> Sequence[TicketView]:
            """Whoever mixes this in shows tickets."""
            ...

    def call_back(self) -> TicketView | None:
        """Return the newest call that is owed here."""
        query = select(Ticket.number).where(
            Ticket.conversation_id == self.conversation.id,
            Ticket.kind == _KIND,
            Ticket.status != "done",
        )
        number = self.uow.session.scalar(query.order_by(Ticket.id.desc()).limit(1))
        return next(iter(self.tickets(number)), None) if number else None

    def call_off(self, number: str, words: str) -> bool:
        """Close it with the customer's words."""
        ticket = self._owed(number)
        if ticket is not None:
            self._call_book().move(ticket, "done", note=f"{_OFF}{words}")
        return ticket is not None

    def call_number(self, number: str, phone: str) -> bool:
        """Write the telephone on the ticket; the history tells that it changed, not from what."""
        ticket = self._owed(number)
        if ticket is not None and ticket.facts.get("phone") != phone:
            ticket.facts = {**ticket.facts, "phone": phone}
            ticket.updated_at = self.at
            self._call_book().note(ticket, "supplement", {"words": f"{_NUMBER}{phone}"})
        return ticket is not None

    def move_call(self, number: str, at: datetime, words: str) -> bool:
        """Promise another time; the old one stays in the history."""
        ticket = self._owed(number)
        if ticket is not None and ticket.due_at != at:
            self._call_book().promise(ticket, at, f"{_MOVED}{words}")
        return ticket is not None

    def _owed(self, number: str) -> Ticket | None:
        """Return it locked, where it is of this conversation and a colleague has not closed it."""
        ticket = self._call_book().locked(number)
        if ticket is None or ticket.kind != _KIND or ticket.status == "done":
            return None
        return ticket if ticket.conversation_id == self.conversation.id else None

    def _call_book(self) -> TicketBook:
        return TicketBook(self.uow, self.cipher, self.settings, self.at, "customer")
