"""Die at a chosen statement, each time in a process of its own: what the crash writers share."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import Engine, event

KILLED = -signal.SIGKILL


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
