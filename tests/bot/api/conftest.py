"""A branch on a fresh SQLite file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from storage import schema
from storage.crypto import Cipher
from storage.database import open_engine
from storage.transactions import transactions
from tests.bot.api.kit import Branch, branch

SECRET = b"a secret of the tests, nothing else"


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with the schema, migrated once for all tests."""
    path = tmp_path_factory.mktemp("empty") / "anda.db"
    engine = open_engine(f"sqlite:///{path}", SECRET)
    schema.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def office(tmp_path: Path, empty: Path) -> Iterator[Branch]:
    """Return a branch whose database holds nothing but the schema."""
    shutil.copy(empty, tmp_path / "anda.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET)
    ways = transactions(engine)
    made = branch(ways, Cipher(SECRET), Settings(data_dir=tmp_path))
    with made.client:
        yield made
    ways.close()
