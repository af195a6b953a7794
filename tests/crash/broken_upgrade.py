"""Upgrade a database and die at a statement: `python -m tests.crash.broken_upgrade URL 1 5 20`.

Prints how many statements an undisturbed upgrade takes when no numbers are given.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from typing import Any

from sqlalchemy import event

from storage import schema
from storage.database import open_engine
from tests.crash.server import SECRET


def upgrade(url: str, deadly: int = 0) -> int:
    """Upgrade and return the number of statements; be killed at the one that is ``deadly``."""
    engine = open_engine(url, SECRET.encode())
    numbers = count(1)
    last = 0

    @event.listens_for(engine, "after_cursor_execute")
    def executed(*_: Any) -> None:
        nonlocal last
        last = next(numbers)
        if last == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    schema.upgrade(engine)
    engine.dispose()
    return last


def main() -> None:
    """Die once per number, each time in a process of its own."""
    url, *deadly = sys.argv[1:]
    if not deadly:
        sys.stdout.write(f"{upgrade(url)}\n")
    for number in map(int, deadly):
        pid = os.fork()
        if not pid:
            upgrade(url, number)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    main()
