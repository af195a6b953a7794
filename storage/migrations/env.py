"""Alembic's entry: the engine comes from the caller, or from the settings on the command line."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection, Engine

from bot import settings as configuration
from storage.crypto import EncryptedJson, EncryptedText
from storage.database import open_engine
from storage.models.base import Moment
from storage.models.tables import Base


def _engine() -> Engine:
    given = context.config.attributes.get("engine")
    if isinstance(given, Engine):
        return given
    settings = configuration.load()
    return open_engine(settings.database_url, configuration.secret_key(settings))


def _plain(kind: str, item: object, _: object) -> str | Literal[False]:
    """Write our column types as what they are in the database: migrations outlive the code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EncryptedText | EncryptedJson):
        return "sa.LargeBinary()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # One transaction per migration: an interrupted upgrade is simply run again.
        transaction_per_migration=True,
        render_item=_plain,
    )
    with context.begin_transaction():
        context.run_migrations()


with _engine().connect() as opened:
    _run(opened)
    opened.commit()
