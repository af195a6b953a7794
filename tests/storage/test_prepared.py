"""Prepared statements do what SQLAlchemy's own execution does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, bindparam, create_engine, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.clock import SHANGHAI
from storage.crypto import Cipher, bind
from storage.models.base import Base, table_of
from storage.models.conversation import Conversation
from storage.prepared import Prepared

TABLE = table_of(Conversation)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)
ROW = {
    "channel": "wechat",
    "account": "a",
    "peer": "p",
    "state": {"stack": ["报案"]},
    "owner": "bot",
    "owner_rev": 0,
    "subscribed": True,
    "last_seq": 3,
    "opened_at": NOW,
    "last_at": NOW + timedelta(seconds=1),
}
FIND = Prepared(select(TABLE).where(TABLE.c.peer == bindparam("peer")))
ADD = Prepared(insert(TABLE), ROW)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """Return a connection to an empty database in memory."""
    engine = create_engine("sqlite://")
    bind(engine, Cipher(b"k" * 32))
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_rows_come_back_as_sqlalchemy_reads_them(connection: Connection) -> None:
    """Encrypted values, times and booleans are converted in both directions."""
    ADD.run(connection, ROW)
    found = FIND.first(connection, {"peer": "p"})
    assert found == connection.execute(select(TABLE)).mappings().one()
    assert found is not None
    assert ROW.items() <= found.items()


def test_nothing_found_is_none(connection: Connection) -> None:
    """An empty result is no row."""
    assert FIND.first(connection, {"peer": "nobody"}) is None


def test_driver_errors_become_sqlalchemys(connection: Connection) -> None:
    """Who retries a locked database or a double row need not know the driver."""
    ADD.run(connection, ROW)
    with pytest.raises(IntegrityError) as caught:
        ADD.run(connection, ROW)
    assert "报案" not in str(caught.value)
    connection.exec_driver_sql("ALTER TABLE conversation RENAME TO gone")
    with pytest.raises(OperationalError):
        FIND.first(connection, {"peer": "p"})
