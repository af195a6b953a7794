"""Work on tickets that may be killed at any statement; once it is done it does nothing more."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, select

from bot.errors import Refused
from storage.models.case import Ticket
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.storage.claims_kit import desk_on


def _run(engine: Engine, do: Callable[[TicketBook], object]) -> None:
    desk = desk_on(engine, secret=SECRET)

    def run(uow: UnitOfWork) -> None:
        do(TicketBook(uow, desk.cipher, desk.settings, desk.now, "api:王敏"))

    try:
        desk.ways.run(run)
    except Refused:
        return  # killed after the commit last time: it is done already
    finally:
        desk.ways.close()


def _newest(book: TicketBook) -> Ticket:
    ticket = book.uow.session.scalar(select(Ticket).order_by(Ticket.id.desc()).limit(1))
    assert ticket is not None
    return ticket


def opening(engine: Engine) -> None:
    """Take a question down."""
    facts = {"phone": "13800000000", "words": "指定修理厂"}
    _run(engine, lambda book: book.open("question", facts))


def answering(engine: Engine) -> None:
    """Answer it, once."""

    def do(book: TicketBook) -> None:
        if (ticket := _newest(book)).status != "done":
            book.move(ticket, "done", reply="可以自己选。")

    _run(engine, do)


def reopening(engine: Engine) -> None:
    """Take it up again."""
    _run(engine, lambda book: book.reopen(_newest(book), "没说清"))


def handing_over(engine: Engine) -> None:
    """Give it to another queue."""
    _run(engine, lambda book: book.hand_over(_newest(book), "claims", None, "问的是理赔"))
