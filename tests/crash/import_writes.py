"""Import a table and die at a statement: `python -m tests.crash.import_writes URL KIND FILE 1 2`.

Without numbers it prints how many statements an undisturbed import takes.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from storage.imports.run import Importer
from tests.storage.claims_kit import SECRET


def work(url: str, kind: str, file: Path, deadly: int = 0) -> int:
    """Import and return the number of statements; be killed at the one that is ``deadly``."""
    numbers = count(1)
    last = 0

    def executed(*_: Any) -> None:
        nonlocal last
        last = next(numbers)
        if last == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", executed)
    outcome = Importer(url, SECRET, file.parent / "imports").run(kind, file)
    event.remove(Engine, "after_cursor_execute", executed)
    return 0 if outcome.problems.total else last


def main() -> None:
    """Die once per number, each time in a process of its own."""
    url, kind, file, *deadly = sys.argv[1:]
    if not deadly:
        sys.stdout.write(f"{work(url, kind, Path(file))}\n")
    for number in map(int, deadly):
        pid = os.fork()
        if not pid:
            work(url, kind, Path(file), number)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    main()
