"""Erase a person and die: `python -m tests.crash.rights_writes URL DIR NUMBER 1 2 3`.

NUMBER may be `purge`: then the nightly job is what dies. Without numbers it seeds two people,
opens a request of the first and prints its number.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.errors import Refused
from bot.privacy.rights import Check, Rights
from bot.settings import Settings
from scheduler.context import JobContext
from scheduler.jobs import retention
from storage.crypto import Cipher
from storage.database import open_engine
from storage.transactions import transactions
from tests.storage.claims_kit import SECRET
from tests.storage.personal.people import NOW, Somebody

LATER = NOW + timedelta(days=1)


def rights(url: str, folder: Path) -> Rights:
    """Return the desk of the installation."""
    ways = transactions(open_engine(url, SECRET))
    return Rights(ways, Cipher(SECRET), Settings(data_dir=folder), lambda: NOW)


def seed(desk: Rights) -> str:
    """Put two people into every table; return the number of the first one's request."""
    for serial in (1, 2):
        desk.ways.run(lambda uow, n=serial: Somebody(desk.cipher, n).settle(uow.session))  # type: ignore[misc]
    return desk.open("privacy_erase", "REF1", "staff:test")


def work(url: str, folder: Path, number: str, deadly: int) -> None:
    """Erase, and be killed at the statement that is ``deadly``."""
    desk = rights(url, folder)
    numbers = count(1)

    @event.listens_for(desk.ways.engine, "after_cursor_execute")
    def executed(*_: Any) -> None:
        if next(numbers) == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        if number == "purge":
            retention.run(JobContext(desk.ways, desk.settings, desk.cipher), LATER)
        else:
            desk.erase(number, Check("李", "video"))
    except Refused:
        return  # killed after the commit last time: it is done already


def main() -> None:
    """Die once per number, each time in a process of its own, until one gets through."""
    url, folder, *rest = sys.argv[1:]
    if not rest:
        sys.stdout.write(seed(rights(url, Path(folder))))
        return
    number, *deadly = rest
    for statement in map(int, deadly):
        pid = os.fork()
        if not pid:
            work(url, Path(folder), number, statement)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            break


if __name__ == "__main__":
    main()
