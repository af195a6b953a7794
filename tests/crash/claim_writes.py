"""Work on claims and die at a statement: `python -m tests.crash.claim_writes URL WHAT 1 2 3`.

WHAT is open, ask, document or withdraw. Without numbers it prints how many statements an
undisturbed run of it takes.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from typing import Any

from sqlalchemy import event, select

from bot.errors import Refused
from storage.database import open_engine
from storage.models.case import Claim
from tests.storage.claims_kit import HOOK, SECRET, Desk, desk_on

WORK = {
    "open": lambda desk: desk.open(desk.converse(f"c{os.getpid()}")),
    "ask": lambda desk: desk.move(_newest(desk), "documents_due", missing=["维修报价单"]),
    "document": lambda desk: desk.all_documents(_newest(desk)),
    "withdraw": lambda desk: desk.move(_newest(desk), "withdrawn"),
}


def _newest(desk: Desk) -> str:
    query = select(Claim.number).order_by(Claim.id.desc()).limit(1)
    number = desk.ways.read(lambda uow: uow.session.scalar(query))
    assert number
    return number


def work(url: str, what: str, deadly: int = 0) -> int:
    """Do it and return the number of statements; be killed at the one that is ``deadly``."""
    engine = open_engine(url, SECRET)
    numbers = count(1)
    last = 0
    desk = desk_on(engine, webhooks=[HOOK])

    @event.listens_for(engine, "after_cursor_execute")
    def executed(*_: Any) -> None:
        nonlocal last
        last = next(numbers)
        if last == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        WORK[what](desk)
    except Refused:
        return last  # killed after the commit last time: it is done already
    desk.ways.close()
    return last


def main() -> None:
    """Die once per number, each time in a process of its own, until one gets through."""
    url, what, *deadly = sys.argv[1:]
    if not deadly:
        sys.stdout.write(f"{work(url, what)}\n")
    for number in map(int, deadly):
        pid = os.fork()
        if not pid:
            work(url, what, number)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        # Once the work is done it cannot be done again; a report can.
        if what != "open" and os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            break


if __name__ == "__main__":
    main()
