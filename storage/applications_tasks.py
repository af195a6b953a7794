"""Whose turn it is: the open ticket of an application, in the queue of those who act next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.models.application import Application
from storage.models.case import Ticket
from storage.tickets import TicketBook

if TYPE_CHECKING:
    from storage.applications_register import Book

_WORDS = "{kind}投保 {number}：{label}"
_DONE = "投保已办到「{label}」"


def follow(book: Book, application: Application) -> None:
    """Close the task of the state that was left, and open the one of the state just reached."""
    tickets = TicketBook(book.uow, book.cipher, book.settings, book.now, book.actor)
    state = book.machine.states[application.status]
    for ticket in _open(book, application):
        tickets.move(ticket, "done", note=_DONE.format(label=state.label))
    if state.task:
        words = _WORDS.format(
            kind=book.kind(application).label, number=application.number, label=state.label
        )
        facts = {"application": application.number, "words": words}
        tickets.open(state.task, facts, about=application.number)


def _open(book: Book, application: Application) -> list[Ticket]:
    kinds = {state.task for state in book.machine.states.values() if state.task}
    query = select(Ticket).where(
        Ticket.about == application.number, Ticket.kind.in_(kinds), Ticket.status != "done"
    )
    return list(book.uow.session.scalars(query.with_for_update()))
