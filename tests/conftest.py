"""Fixtures that several folders share: databases of both kinds, and the loaded parts."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from shutil import copy
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, text

from bot.bootstrap import App
from bot.settings import Settings
from storage import schema
from storage.database import open_engine
from tests.postgres import throwaway_server

# How long an example takes says nothing about its rightness: the machine may be busy.
hypothesis.settings.register_profile("anda", deadline=None)
hypothesis.settings.load_profile("anda")

SECRET = b"a secret for tests only, 32 bytes or more"


def pytest_collection_finish() -> None:
    """What is loaded by now stays, as in a running product: it need not be looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of this test process."""
    with throwaway_server(hasty=True) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema and no rows, made once: tests copy it."""
    file = tmp_path_factory.mktemp("template") / "anda.db"
    engine = open_engine(f"sqlite:///{file}", SECRET)
    schema.upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The same on the PostgreSQL server of this process; the name of the database."""
    name = "anda_template"
    _tell(postgres, f"CREATE DATABASE {name}")
    engine = open_engine(f"{postgres}/{name}", SECRET)
    schema.upgrade(engine)
    engine.dispose()
    return name


def _tell(server: str, statement: str) -> None:
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


@cache
def _way_to_copy(server: str) -> str:
    """Return how a database is copied soonest; before version 15 there was no choice."""
    admin = create_engine(f"{server}/postgres")
    with admin.connect() as connection:
        version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    admin.dispose()
    return "STRATEGY FILE_COPY" if version >= 150_000 else ""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without rows, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        copy(request.getfixturevalue("sqlite_template"), tmp_path / "anda.db")
        yield f"sqlite:///{tmp_path / 'anda.db'}"
        return
    server = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_template")
    name = f"t{uuid4().hex}"
    _tell(server, f"CREATE DATABASE {name} TEMPLATE {template} {_way_to_copy(server)}")
    yield f"{server}/{name}"
    _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """An empty database with the newest schema."""
    engine = open_engine(database_url, SECRET)
    schema.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def parts() -> App:
    """The read-only parts that take seconds to load, once per test process."""
    # A database of its own, which is empty: what answers are the shipped entries.
    app = App(Settings(secret_key=SECRET.decode(), database_url="sqlite://"))
    _ = app.registry, app.knowledge, app.reader
    return app


@pytest.fixture
def make_app(parts: App, database_url: str, tmp_path: Path) -> Iterator[Callable[[], App]]:
    """Makes Apps on one database, as several processes would; sharing the read-only parts."""
    made: list[App] = []

    def make() -> App:
        app = parts.beside(database_url=database_url, data_dir=tmp_path / "data")
        if not made:
            schema.upgrade(app.transactions.engine)
        made.append(app)
        return app

    yield make
    for app in made:
        app.transactions.close()
