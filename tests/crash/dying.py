"""A process that works on cases and is killed at a statement; what the test modules share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from sqlalchemy import Engine, event, text

from bot.errors import Refused
from storage.database import open_engine
from tests.crash.server import ROOT
from tests.storage.claims_kit import HOOK, SECRET, Desk, desk_on

Work = Mapping[str, Callable[[Desk], object]]


def work(table: Work, url: str, what: str, deadly: int = 0) -> int:
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
        table[what](desk)
    except Refused:
        return last  # killed after the commit last time: it is done already
    desk.ways.close()
    return last


def main(table: Work, again: frozenset[str]) -> None:
    """Die once per number, each time in a process of its own, until one gets through.

    Work that is in ``again`` may be done many times.
    """
    url, what, *deadly = sys.argv[1:]
    if not deadly:
        sys.stdout.write(f"{work(table, url, what)}\n")
    for number in map(int, deadly):
        pid = os.fork()
        if not pid:
            work(table, url, what, number)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        if what not in again and os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            break


def die(module: str, url: str, what: str, *deadly: int) -> list[int]:
    """Run a module of writes and return how each of its processes ended."""
    command = [sys.executable, "-m", module, url, what, *map(str, deadly)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [int(line) for line in done.stdout.split()]


def counted(engine: Engine, queries: Mapping[str, str]) -> dict[str, int]:
    """Return what each query counts."""
    with engine.connect() as connection:
        found = {name: connection.execute(text(sql)).scalar() for name, sql in queries.items()}
    return {name: int(value or 0) for name, value in found.items()}
