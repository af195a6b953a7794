"""Work on tickets and die at a statement: `python -m tests.crash.ticket_writes URL WHAT 1 2 3`.

WHAT is open, answer, hand_over or reopen. Without numbers it prints how many statements an
undisturbed run of it takes.
"""

from __future__ import annotations

from sqlalchemy import select

from storage.models.case import Ticket
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork
from tests.crash.dying import Work, main
from tests.storage.claims_kit import Desk


def _newest(book: TicketBook) -> Ticket:
    ticket = book.uow.session.scalar(select(Ticket).order_by(Ticket.id.desc()).limit(1))
    assert ticket is not None
    return ticket


def _work(desk: Desk, what: str) -> None:
    def run(uow: UnitOfWork) -> None:
        book = TicketBook(uow, desk.cipher, desk.settings, desk.now, "api:王敏")
        if what == "open":
            book.open("question", {"phone": "13800000000", "words": "指定修理厂"})
        elif what == "answer":
            book.move(_newest(book), "done", reply="可以自己选。")
        elif what == "hand_over":
            book.hand_over(_newest(book), "claims", None, "问的是理赔")
        else:
            book.reopen(_newest(book), "没说清")

    desk.ways.run(run)


WORK: Work = {
    what: lambda desk, what=what: _work(desk, what)  # type: ignore[misc]
    for what in ("open", "answer", "hand_over", "reopen")
}


if __name__ == "__main__":
    main(WORK, again=frozenset({"open", "hand_over"}))
