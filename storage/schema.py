"""Bring a database to the newest schema, and tell how it stands."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from bot.errors import ConfigurationError
from storage.models.tables import Base

_FOLDER = Path(__file__).with_name("migrations")


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing; raise ConfigurationError for a newer database."""
    revision = current(engine)
    if revision == head():
        return
    if revision is not None and not knows(revision):
        raise ConfigurationError("数据库比程序新：请升级程序，或换用与数据库配套的版本")
    command.upgrade(_config(engine), "head")


def current(engine: Engine) -> str | None:
    """Return the revision of the database, None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """Return the newest revision that this program knows."""
    return _scripts().get_current_head()


@cache
def _scripts() -> ScriptDirectory:
    """Return the migrations; a process reads them once."""
    return ScriptDirectory(str(_FOLDER))


def is_current(engine: Engine) -> bool:
    """Tell whether the database has the schema of this program."""
    return current(engine) == head()


def is_newer(engine: Engine) -> bool:
    """Tell whether the database was written by a newer program."""
    revision = current(engine)
    return revision is not None and not knows(revision)


def knows(revision: str) -> bool:
    """Tell whether this program has the migration that led to ``revision``."""
    return any(script.revision == revision for script in _scripts().walk_revisions())


def differences(engine: Engine) -> list[object]:
    """Return where the models and the migrated database differ; [] is what we want."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))
