"""Closing time: whoever still waits for a person gets a ticket and a promised time, and is told.

The request leaves the queue and the bot goes on; emergencies stay, somebody is on duty for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.clockwork.desk_hours import DeskHours
from bot.dialogue import phrases
from bot.dialogue.state import DialogueState
from bot.handoff import Desk, Done, GoOn
from bot.log import mask
from bot.settings import Settings
from storage.crypto import Cipher
from storage.models.case import Handoff, Ticket
from storage.models.customer import Customer
from storage.queue import Queue
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

KIND = "callback"
_LAST_WORDS = 3


class ClosingDesk(Desk):
    """What the desk does with those who wait when it closes."""

    def to_message(self, handoff: Handoff, ticket: str, text: str) -> Done:
        """Let a request go on as a ticket: the bot has the conversation, the customer is told."""
        conversation, refused = self._open(handoff.conversation_id, None)
        if conversation is None:
            return refused
        if conversation.owner != "queue":
            return Done(False, "会话已经不在排队")
        handoff.status, handoff.closed_at = "closed", self.now
        handoff.offered_to = handoff.offered_at = None
        self.uow.cases.note(handoff.number, self.now, "system", "message", {"ticket": ticket})
        self._pass_on(conversation, "bot", None, "下班转留言", text)
        self._resume(conversation)
        return Done(True)


@dataclass(frozen=True)
class ClosingTime:
    """Turns waiting requests into tickets once the desk is closed; safe to run again."""

    settings: Settings
    cipher: Cipher
    go_on: GoOn

    @property
    def hours(self) -> DeskHours:
        """Return when the desk is staffed."""
        return DeskHours(self.settings.desk.opens, self.settings.desk.closes)

    def close(self, uow: UnitOfWork, now: datetime) -> int:
        """Do it for everybody who waits since the desk was open; return how many."""
        if self.hours.staffed(now):
            return 0
        # What was asked for over night is promised for the morning: it waits for that.
        waiting = Queue(uow.session).due_by(self.hours.next_opening(now))
        for handoff in waiting:
            self._turn(uow, handoff, now)
        return len(waiting)

    def _turn(self, uow: UnitOfWork, handoff: Handoff, now: datetime) -> None:
        ticket = self._known(uow, handoff) or self._ticket(uow, handoff, now)
        phone = str(ticket.facts.get("phone") or "")
        text = phrases.CLOSING.format(number=ticket.number, when=f"{ticket.due_at:%m月%d日 %H:%M}")
        text += phrases.CLOSING_PHONE.format(tail=phone[-4:]) if phone else phrases.CLOSING_NO_PHONE
        ClosingDesk(uow, now, self.go_on, self.hours).to_message(handoff, ticket.number, text)

    def _known(self, uow: UnitOfWork, handoff: Handoff) -> Ticket | None:
        """Return the promise of a call that this customer has already."""
        query = select(Ticket).where(
            Ticket.conversation_id == handoff.conversation_id,
            Ticket.kind == KIND,
            Ticket.status != "done",
        )
        return uow.session.scalars(query.order_by(Ticket.id.desc()).limit(1)).first()

    def _ticket(self, uow: UnitOfWork, handoff: Handoff, now: datetime) -> Ticket:
        said: Sequence[str] = handoff.package.get("last_words", ())
        facts = {
            "phone": self._phone(uow, handoff.conversation_id),
            "words": handoff.reason,
            "details": mask("\n".join(said[-_LAST_WORDS:])),
            "about": handoff.number,
        }
        book = TicketBook(uow, self.cipher, self.settings, now, "system")
        return book.open(
            KIND,
            facts,
            handoff.conversation_id,
            unique_key=f"closing:{handoff.number}:{now:%y%m%d}",
        )

    def _phone(self, uow: UnitOfWork, conversation: int) -> str | None:
        """Return the number that was left in this talk, or that of the customer whom we know."""
        row = uow.inbox.conversation(conversation)
        if row is None:
            return None
        said = DialogueState.from_json(row["state"]).known.get("phone")
        if said and isinstance(said.value, str):
            return said.value
        found = uow.session.get(Customer, row["customer_id"]) if row["customer_id"] else None
        return found.phone or None if found else None
