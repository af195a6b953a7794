"""A press of a button that may be killed at any statement; pressed again it is the same press."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine

from bot.console.gate import Staff
from bot.console.parts import Parts, Room
from bot.console.presses import PressedBefore
from storage.tickets import TicketBook
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.storage.claims_kit import desk_on


@dataclass(frozen=True)
class _Parts:
    transactions: Transactions

    def wake(self) -> None:
        """Nothing leaves here."""


def pressing(engine: Engine) -> None:
    """Open a ticket by a press that always carries the same key."""
    desk = desk_on(engine, secret=SECRET)

    def work(uow: UnitOfWork) -> None:
        book = TicketBook(uow, desk.cipher, desk.settings, desk.now, "王敏")
        book.open("question", {"phone": "13800000000", "words": "指定修理厂"})

    here = Room(cast(Parts, _Parts(desk.ways)), cast(Staff, None), desk.now, "press:1:aa")
    with suppress(PressedBefore):
        here.change(work)
    desk.ways.close()
