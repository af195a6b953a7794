"""Open the database: SQLite (WAL, FULL) embedded, or PostgreSQL; the same code on both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import StaticPool

from bot.errors import ConfigurationError
from storage.crypto import Cipher, bind

_BUSY_SECONDS = 4.0
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # A message is acknowledged only when it survives a power cut.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-16000",
)


def open_engine(url: str, secret: bytes, *, pool_size: int = 8) -> Engine:
    """Return an engine whose encrypted columns use ``secret``.

    Raise ConfigurationError for another kind of database. Transactions on SQLite begin
    IMMEDIATE, so that two writers never deadlock.
    """
    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        engine = _sqlite(url)
    elif kind == "postgresql":
        engine = create_engine(url, pool_size=pool_size, max_overflow=4, pool_pre_ping=True)
    else:
        raise ConfigurationError(f"database_url 只支持 sqlite 和 postgresql+psycopg，现在是 {kind}")
    bind(engine, Cipher(secret))
    return engine


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    memory = path in (None, "", ":memory:")
    if not memory:
        Path(str(path)).parent.mkdir(parents=True, exist_ok=True)
    arguments: dict[str, Any] = {"timeout": _BUSY_SECONDS, "check_same_thread": False}
    extra: dict[str, Any] = {"poolclass": StaticPool} if memory else {"pool_size": 8}
    engine = create_engine(url, connect_args=arguments, **extra)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        # SQLAlchemy, not the driver, says when a transaction begins.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        readonly = connection.get_execution_options().get("anda_readonly", False)
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine
