"""A file beside the database where rows wait until all of them are known to be good.

Checking a large table takes minutes; the database is locked only for the copying at the end.
What is personal is encrypted here as it is there.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from storage.imports.kinds import Kind
from storage.imports.reading import Problems

_BATCH = 2_000
_PRAGMAS = (
    "PRAGMA journal_mode=OFF",  # thrown away after a crash
    "PRAGMA synchronous=OFF",
    "PRAGMA temp_store=FILE",  # sorting a million rows must not need memory
    "PRAGMA cache_size=-4000",
)


class Staging:
    """One file of rows; ``close`` removes it."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.stage"):
            if not _alive(left):
                left.unlink(missing_ok=True)
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(4)}.stage"
        self.kind = kind
        self._file = sqlite3.connect(self.path, isolation_level=None)
        self.path.chmod(0o600)
        for pragma in _PRAGMAS:
            self._file.execute(pragma)
        columns = ", ".join(f"{name} {sql}" for name, sql in kind.staged.items())
        self._file.execute(
            f"CREATE TABLE staged (row_line BIGINT, key TEXT, parent TEXT, {columns})"
        )
        self.count = 0

    def fill(self, rows: Iterator[tuple[Any, ...]]) -> None:
        """Take in all rows."""
        marks = ", ".join("?" * (3 + len(self.kind.staged)))
        self._file.execute("BEGIN")
        while batch := list(islice(rows, _BATCH)):
            self._file.executemany(f"INSERT INTO staged VALUES ({marks})", batch)
            self.count += len(batch)
        self._file.execute("CREATE INDEX staged_key ON staged (key)")
        self._file.execute("COMMIT")

    def repeated(self, label: str, problems: Problems) -> None:
        """Note the keys that stand in the file twice."""
        twice = self._file.execute(
            "SELECT key, min(row_line), max(row_line), count(*) FROM staged"
            " GROUP BY key HAVING count(*) > 1 ORDER BY min(row_line)"
        )
        for key, first, last, times in twice:
            rest = f"（共 {times} 行）" if times > 2 else ""
            problems.add(
                f"第 {last} 行「{label}」：{key} 与第 {first} 行重复{rest}，请只留一行", times - 1
            )

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield everything, in the order of the keys."""
        yield from self._file.execute("SELECT * FROM staged ORDER BY key")

    def release(self) -> None:
        """Let go of the file, so that the database may attach it."""
        self._file.close()

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def _alive(file: Path) -> bool:
    """Tell whether the process that made a staging file still runs."""
    owner = file.name.partition("-")[0]
    try:
        os.kill(int(owner), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
