"""Work on claims and die at a statement: `python -m tests.crash.claim_writes URL WHAT 1 2 3`.

WHAT is open, ask, document, withdraw, contact, hurt, urge or complete. Without numbers it
prints how many statements an undisturbed run of it takes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import select

from bot.dialogue.message import InboundMessage
from bot.errors import Refused
from storage.back_office import TransactionBackOffice
from storage.database import open_engine
from storage.models.case import Claim
from storage.unit_of_work import UnitOfWork
from tests.crash.dying import die_in_turn, statements
from tests.storage.claims_kit import HOOK, SECRET, Desk, desk_on

WORK: dict[str, Callable[[Desk], object]] = {
    "open": lambda desk: desk.open(desk.converse(f"c{os.getpid()}")),
    "ask": lambda desk: desk.move(_newest(desk), "documents_due", missing=["维修报价单"]),
    "document": lambda desk: desk.all_documents(_newest(desk)),
    "withdraw": lambda desk: desk.move(_newest(desk), "withdrawn"),
    # A complex claim gets another owner: all that is planned is planned anew.
    "contact": lambda desk: desk.move(_newest(desk), "contacted", owner="李专员"),
    "hurt": lambda desk: desk.amend(_newest(desk), injured=True),
    "urge": lambda desk: _at_the_bot(
        desk, lambda office: office.urge_claim(_newest_of(office), "催")
    ),
    "complete": lambda desk: _at_the_bot(
        desk, lambda office: office.amend_claim(_newest_of(office), {"place": "和平区南京路"})
    ),
}


def _at_the_bot(desk: Desk, do: Callable[[TransactionBackOffice], object]) -> None:
    """Do what a flow does in a turn of the customer who reported the newest claim."""

    def run(uow: UnitOfWork) -> None:
        said = InboundMessage("wechat", "gh_1", "peer-wechat", "k", desk.now)
        conversation = uow.conversations.open(said, desk.now)
        parts = (desk.settings, desk.cipher, desk.now)
        do(TransactionBackOffice(uow, conversation, "wechat", *parts))

    desk.ways.run(run)


def _newest_of(office: TransactionBackOffice) -> str:
    return office.claims()[0].number


def _newest(desk: Desk) -> str:
    query = select(Claim.number).order_by(Claim.id.desc()).limit(1)
    number = desk.ways.read(lambda uow: uow.session.scalar(query))
    assert number
    return number


def work(url: str, what: str, deadly: int = 0) -> int:
    """Do it and return the number of statements; be killed at the one that is ``deadly``."""
    engine = open_engine(url, SECRET)
    desk = desk_on(engine, webhooks=[HOOK])
    ran = statements(engine, deadly)
    # Killed after the commit last time: it is done already.
    with suppress(Refused):
        WORK[what](desk)
    desk.ways.close()
    return ran()


def main() -> None:
    """Die once per number, each time in a process of its own, until one gets through."""
    url, what, *deadly = sys.argv[1:]
    # Once the work is done it cannot be done again; a report can.
    die_in_turn([*map(int, deadly)], lambda number: work(url, what, number), once=what != "open")


if __name__ == "__main__":
    main()
