"""Work on applications and die at a statement.

Run as `python -m tests.crash.application_writes URL WHAT 1 2 3`, where WHAT is open, return,
approve, plan, pay, issue, deliver, mend, confirm or withdraw. Without numbers it prints how many
statements an undisturbed run of it takes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import event, select

from bot.errors import Refused
from storage.applications_desk import ApplicationsDesk
from storage.conversations import OpenConversation
from storage.database import open_engine
from storage.models.application import Application
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.unit_of_work import UnitOfWork
from tests.storage.applications_kit import FACTS, HOOK, SECRET, TOLD, Branch, branch_on


def _newest(branch: Branch) -> str:
    query = select(Application.number).order_by(Application.id.desc()).limit(1)
    number = branch.ways.read(lambda uow: uow.session.scalar(query))
    assert number
    return number


def as_customer(branch: Branch, do: Callable[[ApplicationsDesk], Any]) -> None:
    """Do something as the dialogue does it, in one transaction; refuse what had no effect."""

    def turn(uow: UnitOfWork) -> bool:
        table = table_of(Conversation)
        row = uow.connection.execute(select(table).limit(1)).mappings().one()
        desk = ApplicationsDesk()
        desk.uow, desk.settings, desk.cipher = uow, branch.settings, branch.cipher
        desk.conversation = OpenConversation.of({**row, "repeat_of": None})
        desk.at = branch.now
        return bool(do(desk))

    if not branch.ways.run(turn):
        raise Refused("done already")


def _file(desk: ApplicationsDesk) -> str:
    desk.form_step("apply", "run", str(os.getpid()), 5)
    return desk.open_application(FACTS, TOLD)


WORK: dict[str, Callable[[Branch], Any]] = {
    "open": lambda b: as_customer(b, _file),
    "return": lambda b: b.move(_newest(b), "returned"),
    "approve": lambda b: b.move(_newest(b), "approved"),
    "plan": lambda b: b.move(_newest(b), "paying"),
    "pay": lambda b: b.pay(_newest(b), "WX-1", 300_000),
    "issue": lambda b: b.move(_newest(b), "issued"),
    "deliver": lambda b: b.move(_newest(b), "delivered"),
    "mend": lambda b: as_customer(
        b, lambda desk: desk.mend_application(_newest(b), {"plate": "津B66889"}, "补了")
    ),
    "confirm": lambda b: as_customer(
        b, lambda desk: desk.confirm_application(_newest(b), {"said": "核对无误"})
    ),
    "withdraw": lambda b: as_customer(
        b, lambda desk: desk.withdraw_application(_newest(b), "不投了")
    ),
}


def work(url: str, what: str, deadly: int = 0) -> int:
    """Do it and return the number of statements; be killed at the one that is ``deadly``."""
    engine = open_engine(url, SECRET)
    numbers = count(1)
    last = 0
    branch = branch_on(engine, webhooks=[HOOK])

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
        code = os.waitstatus_to_exitcode(status)
        sys.stdout.write(f"{code}\n")
        # Once the work is done it cannot be done again; an application can.
        if what != "open" and code != -signal.SIGKILL:
            break


if __name__ == "__main__":
    main()
