"""Deadlines worked out anew after a change of the calendar or of the rules, and which moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from bot.clockwork import changes, words
from bot.clockwork.clocks import Clock
from bot.clockwork.workdays import WorkCalendar
from bot.errors import CalendarMissing
from bot.settings import Settings
from storage.claims_register import Register
from storage.complaints_register import ComplaintRegister
from storage.crypto import Cipher
from storage.models.case import Claim, Complaint, Ticket
from storage.rules.claim_states import machine
from storage.rules.ticket_kinds import table
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Recalculation:
    """Everything that is open, counted once more; ``before`` is the calendar as it was."""

    uow: UnitOfWork
    cipher: Cipher
    settings: Settings
    now: datetime
    before: WorkCalendar | None = None

    def run(self) -> Iterator[str]:
        """Set the deadlines of open cases anew and say which moved, from when to when and why."""
        yield from self._claims()
        yield from self._complaints()
        yield from self._tickets()

    def settle(self) -> None:
        """Set the deadlines of rows that were invented: no history says that they moved."""
        session = self.uow.session
        register = Register(self.uow, self.cipher, self.settings, self.now, "system")
        for claim in session.scalars(_open_claims()):
            register.set_due(claim)
        complaints = ComplaintRegister(self.uow, self.cipher, self.settings, self.now, "system")
        for complaint in session.scalars(_open_complaints()):
            complaints.set_due(complaint)
        book = TicketBook(self.uow, self.cipher, self.settings, self.now, "system")
        for ticket in session.scalars(_open_tickets()):
            book.set_due(ticket)

    def _complaints(self) -> Iterator[str]:
        register = ComplaintRegister(self.uow, self.cipher, self.settings, self.now, "system")
        for complaint in self.uow.session.scalars(_open_complaints()):
            before = complaint.due_at
            register.set_due(complaint)
            if complaint.due_at == before:
                continue
            why = self._moved(register.clocks(complaint), register.calendar)
            data = {"before": _text(before), "after": _text(complaint.due_at), "why": why}
            register.note(complaint, "recalculated", data)
            yield _line(complaint.number, before, complaint.due_at) + (f"（{why}）" if why else "")

    def _moved(self, clocks: list[Clock], after: WorkCalendar) -> str:
        """Return which of our open clocks moved with the calendar, and why."""
        if self.before is None:
            return ""
        said = []
        for clock in clocks:
            if clock.stopped is None and clock.rule.side == "us":
                try:
                    moved = changes.by_calendar(clock, self.before, after)
                except CalendarMissing:
                    continue
                said += [moved.words] if moved else []
        return "；".join(said)

    def _claims(self) -> Iterator[str]:
        register = Register(self.uow, self.cipher, self.settings, self.now, "system")
        for claim in self.uow.session.scalars(_open_claims()):
            before = claim.due_at
            register.set_due(claim)
            if claim.due_at != before:
                yield _line(claim.number, before, claim.due_at)

    def _tickets(self) -> Iterator[str]:
        book = TicketBook(self.uow, self.cipher, self.settings, self.now, "system")
        for ticket in self.uow.session.scalars(_open_tickets()):
            before = ticket.due_at
            book.set_due(ticket)
            if ticket.due_at != before:
                why = self._why(book, ticket)
                data = {"before": before.isoformat(), "after": ticket.due_at.isoformat()}
                book.note(ticket, "recalculated", {**data, "why": why})
                yield _line(ticket.number, before, ticket.due_at) + (f"（{why}）" if why else "")

    def _why(self, book: TicketBook, ticket: Ticket) -> str:
        kind = table().find(ticket.kind)
        if self.before is None or kind.calendar != "office":
            return ""
        try:
            moved = changes.by_calendar(book.clock(ticket), self.before, book.office)
        except CalendarMissing:
            return "新公布的年份"
        return moved.why if moved else ""


def _open_claims() -> Select[Claim]:
    over = sorted(machine().over)
    return (
        select(Claim).where(Claim.status.not_in(over), Claim.due_at.is_not(None)).order_by(Claim.id)
    )


def _open_complaints() -> Select[Complaint]:
    return select(Complaint).where(Complaint.due_at.is_not(None)).order_by(Complaint.id)


def _open_tickets() -> Select[Ticket]:
    open_ones = select(Ticket).where(Ticket.status != "done", Ticket.promised_at.is_(None))
    return open_ones.order_by(Ticket.id)


def _line(number: str, before: datetime | None, after: datetime | None) -> str:
    first, then = (words.moment(at) if at else "无" for at in (before, after))
    return f"{number}：{first} → {then}"


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""
