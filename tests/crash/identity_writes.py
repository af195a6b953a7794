"""Bind, grant, agree or unbind and die at a statement: `python -m tests.crash.identity_writes …`.

Arguments: URL WHAT [1 2 3]. WHAT is one of the keys of WORK. Without numbers it prints how many
statements an undisturbed run of it takes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import event

from storage.crypto import Cipher
from storage.database import open_engine
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.storage.identity_kit import DOCUMENT, GRANTEE, PHONE, SECRET, Town

# The test puts a grant with this code there: a real one is random and known to nobody.
_CODE = "482913"
GRANT = {"name": "李四", "phone": GRANTEE, "relation": "family", "days": "30"}


def _bind(town: Town) -> Callable[[UnitOfWork], object]:
    def work(uow: UnitOfWork) -> None:
        office = town.office(uow, f"new{os.getpid()}")
        if office.send_code(PHONE) == "sent":
            office.check_code(PHONE, town.code(uow))
            office.give_consent("identity", "chat")
            office.identify(PHONE, {"document": DOCUMENT})

    return work


WORK: dict[str, Callable[[Town], Callable[[UnitOfWork], object]]] = {
    "code": lambda town: lambda uow: town.office(uow, f"c{os.getpid()}").send_code(GRANTEE),
    "bind": _bind,
    "grant": lambda town: lambda uow: town.office(uow).grant_access(GRANT),
    "revoke": lambda town: lambda uow: town.office(uow).revoke_grants(),
    "withdraw": lambda town: lambda uow: town.office(uow).withdraw_consent("identity"),
    "unbind": lambda town: lambda uow: town.office(uow).unbind("customer asked"),
    "use": lambda town: lambda uow: town.office(uow, "friend").use_grant(_CODE),
    "unlock": lambda town: lambda uow: uow.customers.forgive(town.cipher.blind(PHONE)),
    "stop": lambda town: lambda uow: town.office(uow).unsubscribe("renewal"),
}


def work(url: str, what: str, deadly: int = 0) -> int:
    """Do it and return the number of statements; be killed at the one that is ``deadly``."""
    engine = open_engine(url, SECRET)
    numbers, last = count(1), 0

    @event.listens_for(engine, "after_cursor_execute")
    def executed(*_: Any) -> None:
        nonlocal last
        last = next(numbers)
        if last == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    town = Town(transactions(engine), Cipher(SECRET))
    town.ways.run(WORK[what](town))
    town.ways.close()
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
        outcome = os.waitstatus_to_exitcode(status)
        sys.stdout.write(f"{outcome}\n")
        if outcome != -signal.SIGKILL:
            break  # it has fewer statements than that: no later number would kill it


if __name__ == "__main__":
    main()
