"""Work on services and die at a statement: `python -m tests.crash.service_writes URL WHAT 1 2 3`.

WHAT is ask, photo, endorse, withdraw, link, prove or fetch. Without numbers it prints how many
statements an undisturbed run of it takes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import event

from bot.errors import Refused
from storage.database import open_engine
from storage.models.service import ServiceRequest
from storage.policy_links import PolicyLinks
from storage.unit_of_work import UnitOfWork
from tests.storage.services_kit import CAR, DOCUMENT, NOW, SECRET, Branch, branch_at


def _newest(branch: Branch) -> str:
    return str(branch.rows(ServiceRequest)[-1].number)


def _endorse(branch: Branch) -> None:
    effective = NOW + timedelta(days=1)
    branch.move(
        _newest(branch), "endorsed", document_no="PD-1", effective_at=effective, plate="津A88888"
    )


def _open_link(branch: Branch, tail: str) -> None:
    token = os.environ["ANDA_TEST_TOKEN"]

    def work(uow: UnitOfWork) -> None:
        links = PolicyLinks(uow, branch.cipher, branch.settings.papers, branch.now)
        if (opened := links.open(token, lock=True)) is None:
            raise Refused("gone")
        if tail:
            links.prove(opened, tail)
        else:
            links.fetch(opened)

    branch.ways.run(work)


WORK: dict[str, Callable[[Branch], Any]] = {
    "ask": lambda branch: branch.ask("plate", details="津A88888", photos=[]),
    "photo": lambda branch: branch.turn(lambda o: o.attach_service_photos(_newest(branch))),
    "endorse": _endorse,
    "withdraw": lambda branch: branch.turn(lambda o: o.withdraw_service(_newest(branch))),
    "link": lambda branch: branch.turn(lambda o: o.paper_links([CAR])),
    "prove": lambda branch: _open_link(branch, DOCUMENT[:5]),
    "fetch": lambda branch: _open_link(branch, ""),
}


def work(url: str, what: str, deadly: int = 0) -> int:
    """Do it and return the number of statements; be killed at the one that is ``deadly``."""
    engine = open_engine(url, SECRET)
    numbers = count(1)
    last = 0
    branch = branch_at(engine)

    @event.listens_for(engine, "after_cursor_execute")
    def executed(*_: Any) -> None:
        nonlocal last
        last = next(numbers)
        if last == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        WORK[what](branch)
    except Refused:
        return last  # killed after the commit last time: it is done already
    branch.ways.close()
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
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            break


if __name__ == "__main__":
    main()
