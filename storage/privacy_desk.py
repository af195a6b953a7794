"""Requests about personal data: recorded at once, due by the legal date, told to nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from bot.desks.privacy import RequestKind, RequestReceipt
from bot.settings import Settings
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.case import Ticket
from storage.personal import person as people
from storage.personal import unfinished
from storage.personal.export import counts
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork


class PrivacyPart:
    """Fulfils `bot.desks.privacy.PrivacyDesk`."""

    uow: UnitOfWork
    conversation: OpenConversation
    settings: Settings
    at: datetime
    cipher: Cipher
    verified: Any

    def request_privacy(self, kind: RequestKind, words: str, *, minor: bool) -> RequestReceipt:
        """Record a request of this conversation."""
        facts = {"words": words[:500], "minor": minor, "verified": bool(self.verified)}
        book = TicketBook(self.uow, self.cipher, self.settings, self.at, "customer")
        return open_request(book, kind, facts, self.conversation.id)

    @property
    def lacks_contact(self) -> bool:
        """Tell whether a request of this conversation waits for a way to reach its author."""
        found = self._open_request()
        return found is not None and not found.facts.get("phone")

    def reach_privacy(self, phone: str) -> str:
        """Note where to reach whoever made the newest open request here; return its number."""
        found = self._open_request()
        if found is None:
            return ""
        found.facts = {**found.facts, "phone": phone}
        return found.number

    def _open_request(self) -> Ticket | None:
        query = select(Ticket).where(
            Ticket.conversation_id == self.conversation.id,
            Ticket.kind.in_(("privacy_erase", "privacy_export", "privacy_correct")),
            Ticket.status != "done",
        )
        return self.uow.session.scalar(query.order_by(Ticket.id.desc()).limit(1))

    def take_back_privacy(self) -> Sequence[str]:
        """End what is asked for still; what is erased already stays erased."""
        query = select(Ticket).where(
            Ticket.conversation_id == self.conversation.id, unfinished.asked_for()
        )
        book = TicketBook(self.uow, self.cipher, self.settings, self.at, "customer")
        taken = self.uow.session.scalars(query.with_for_update()).all()
        for ticket in taken:
            # Nothing is left to be done, so that it may be closed before its day.
            ticket.facts = {**ticket.facts, "left": []}
            book.move(ticket, "done", note="客户撤回")
        return [ticket.number for ticket in taken]

    def erasure(self) -> RequestReceipt | None:
        """Return the erasure of this conversation that is not finished."""
        query = select(Ticket).where(
            Ticket.conversation_id == self.conversation.id, unfinished.asked_for()
        )
        found = self.uow.session.scalar(query.order_by(Ticket.id.desc()).limit(1))
        return _again(found) if found else None

    def held(self) -> Mapping[str, int]:
        """Return how much we hold, and record that it was told."""
        session, talk = self.uow.session, self.conversation
        whole = self.verified and talk.customer_id is not None
        person = (
            people.of_customer(session, talk.customer_id)
            if whole and talk.customer_id is not None
            else people.Person(conversations={talk.id})
        )
        log = partial(self.uow.customers.log_access, self.at, talk.id)
        log(talk.customer_id, f"customer:{talk.id}", "counts of personal data", "本人查看")
        return counts(session, person)


def open_request(
    book: TicketBook, kind: str, facts: Mapping[str, Any], conversation: int | None
) -> RequestReceipt:
    """Open the ticket of a request, or return the one that is open."""
    if conversation is not None:
        query = select(Ticket).where(
            Ticket.conversation_id == conversation, Ticket.kind == kind, Ticket.status != "done"
        )
        if (open_one := book.uow.session.scalar(query)) is not None:
            return _again(open_one)
    ticket = book.open(kind, facts, conversation)
    return RequestReceipt(ticket.number, ticket.due_at.date(), fresh=True)


def _again(ticket: Ticket) -> RequestReceipt:
    """Return a request that was made before, with what of it waits for the law."""
    waits = ticket.status == unfinished.STATUS
    left = unfinished.told(ticket.number, ticket.facts) if waits else ""
    return RequestReceipt(ticket.number, ticket.due_at.date(), fresh=False, left=left)
