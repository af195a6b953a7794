"""Do a piece of work and die at a statement: `python -m tests.crash.dying URL MODULE:NAME 1 2 3`.

NAME takes the engine and does the work. Without numbers it is done undisturbed, and the number
of its statements is printed; else each number is a process of its own that is killed there.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import count
from typing import Any

from sqlalchemy import Engine, event, text

from storage.database import open_engine
from tests import warm
from tests.conftest import SECRET

KILLED = -signal.SIGKILL


def killed(url: str, work: str, *deadly: int) -> list[int]:
    """Run ``work`` ("module:name") once per number and return the exit codes, -9 = killed.

    Without numbers return the count of statements of one undisturbed run.
    """
    done = warm.run("tests.crash.dying", url, work, *map(str, deadly))
    return [int(line) for line in done.stdout.split()]


def counts(engine: Engine, queries: Sequence[str]) -> set[int]:
    """Return what the queries count: one number where all was written as often."""
    with engine.connect() as connection:
        return {int(connection.execute(text(query)).scalar() or 0) for query in queries}


def statements(engine: Engine, deadly: int = 0) -> Callable[[], int]:
    """Return what tells how many statements have run; the one that is ``deadly`` kills us."""
    numbers = count(1)
    last = 0

    @event.listens_for(engine, "after_cursor_execute")
    def executed(*_: Any) -> None:
        nonlocal last
        last = next(numbers)
        if last == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    return lambda: last


def die_in_turn(deadly: list[int], run: Callable[[int], int], *, once: bool = False) -> None:
    """Run undisturbed and print the count; or die once per number and print how each run ended.

    With ``once`` the first run that gets through is the last: the work cannot be done again.
    """
    if not deadly:
        sys.stdout.write(f"{run(0)}\n")
    for number in deadly:
        pid = os.fork()
        if not pid:
            run(number)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        outcome = os.waitstatus_to_exitcode(status)
        sys.stdout.write(f"{outcome}\n")
        if once and outcome != KILLED:
            break


def _do(url: str, work: Callable[[Engine], None], deadly: int) -> int:
    engine = open_engine(url, SECRET)
    ran = statements(engine, deadly)
    work(engine)
    return ran()


def main() -> None:
    """Die once per number, each time in a process of its own."""
    url, work, *deadly = sys.argv[1:]
    module, _, name = work.partition(":")
    found = getattr(import_module(module), name)
    die_in_turn([*map(int, deadly)], lambda number: _do(url, found, number))


if __name__ == "__main__":
    main()
