"""kill -9 at every other statement of the staff group's desk: whole, once, nothing left out."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from storage import schema
from storage.database import open_engine
from tests.conftest import SECRET
from tests.crash.dying import killed

_WORK = "tests.crash.desk_writes:serve"


def _one(engine: Engine, sql: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(sql)).scalar() or 0)


def test_what_the_group_does_is_whole_and_once(tmp_path: Path) -> None:
    """Whatever dies when: two sentences, one note, one take, one end, each owed once."""
    url, spare = (f"sqlite:///{tmp_path / name}" for name in ("anda.db", "spare.db"))
    for place in (url, spare):
        made = open_engine(place, SECRET)
        schema.upgrade(made)
        made.dispose()
    (statements,) = killed(spare, _WORK)
    assert statements > 60
    codes = killed(url, _WORK, *range(1, statements + 1, 2))
    assert codes.count(-9) > 15
    (_,) = killed(url, _WORK)
    engine = open_engine(url, SECRET)
    assert _one(engine, "SELECT count(*) FROM desk_update") == 5
    assert _one(engine, "SELECT count(*) FROM desk_presence") == 1
    assert _one(engine, "SELECT count(*) FROM message WHERE author = 'agent'") == 2
    assert _one(engine, "SELECT count(*) FROM message WHERE author = 'note'") == 1
    assert _one(engine, "SELECT count(*) FROM desk_word") == 3
    # Into the queue, to the agent, back to the bot.
    assert _one(engine, "SELECT owner_rev FROM conversation") == 3
    assert _one(engine, "SELECT count(*) FROM episode") == 3
    words = _one(engine, "SELECT count(*) FROM message WHERE author IN ('agent', 'system')")
    assert _one(engine, "SELECT count(*) FROM outbox_item WHERE kind = 'reply'") == words
    numbered = "SELECT count(*) FROM outbox_item WHERE dedupe_key GLOB 'desk:1:[0-9]*'"
    assert _one(engine, numbered) == _one(engine, "SELECT posts FROM desk_topic")
    assert _one(engine, "SELECT count(*) FROM robot_note") == 1
    assert _one(engine, "SELECT count(*) FROM outbox_item WHERE kind = 'robot'") == 1
    engine.dispose()
