"""Who of several schedulers is the leader: a lock that its holder's death sets free.

PostgreSQL: an advisory lock on a connection of its own. SQLite: a lock on a file beside it.
"""

from __future__ import annotations

import fcntl
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import structlog
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

log = structlog.get_logger()
_KEY = 0x616E6461  # "anda"
# A leader whose machine vanished is given up by the server after 25 s: within the 30 promised.
_KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
}


class Lead(Protocol):
    """The one lead that there is."""

    def hold(self) -> bool:
        """Take the lead or keep it; False while another process has it."""
        ...

    def give_up(self) -> None:
        """Let another process lead."""
        ...


class AdvisoryLead:
    """The lead on PostgreSQL; the connection is no pool's, so that nobody else resets it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = create_engine(engine.url, poolclass=NullPool, connect_args=_KEEPALIVE)
        self._connection: Connection | None = None

    def hold(self) -> bool:
        """Take the lead, or make sure that the connection which has it still lives."""
        try:
            return self._try()
        except SQLAlchemyError:
            log.warning("scheduler.lead_lost")
            self.give_up()
            return False

    def _try(self) -> bool:
        if self._connection is not None:
            self._connection.execute(text("SELECT 1"))
            self._connection.commit()
            return True
        connection = self._engine.connect()
        taken = bool(
            connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar()
        )
        # The lock belongs to the session: the transaction need not stay open.
        connection.commit()
        if taken:
            self._connection = connection
        else:
            connection.close()
        return taken

    def give_up(self) -> None:
        """Close the connection, and with it the lock."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.close()
        self._connection = None


class FileLead:
    """The lead on SQLite: one machine, so that a locked file is enough."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()

    def hold(self) -> bool:
        """Take the lead unless another process has it."""
        with self._lock:
            if self._file is not None:
                return True
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("ab")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            self._file = file
            return True

    def give_up(self) -> None:
        """Unlock the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file = None


def lead(engine: Engine, folder: Path) -> Lead:
    """Return the lead that fits the database."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLead(engine)
    return FileLead(folder / "scheduler.lock")
