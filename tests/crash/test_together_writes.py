"""kill -9 at every statement of what several people do: pairs, words and recalls agree."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from storage import schema
from storage.database import open_engine
from tests.conftest import SECRET
from tests.crash.dying import killed

_WORK = "tests.crash.together_writes:work_together"


def _one(engine: Engine, sql: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(sql)).scalar() or 0)


def test_what_several_do_is_whole_or_not_there(tmp_path: Path) -> None:
    """Whatever dies when: one pair, the word said once and owed once, taken back once."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    count = killed(url, _WORK)[0]
    assert count > 20
    killed(url, _WORK, *range(1, count + 1))
    assert killed(url, _WORK, 10_000) == [0]
    assert _one(engine, "SELECT count(*) FROM same_person") == 1
    assert _one(engine, "SELECT count(*) FROM message WHERE author = 'agent'") == 1
    said = _one(engine, "SELECT count(*) FROM message WHERE author IN ('agent', 'system')")
    assert _one(engine, "SELECT count(*) FROM outbox_item WHERE kind = 'reply'") == said
    withdrawn = "SELECT count(*) FROM outbox_item WHERE status = 'suppressed'"
    assert _one(engine, withdrawn) == 1
    revisions = _one(engine, "SELECT owner_rev FROM conversation WHERE peer = 'p1'")
    assert _one(engine, "SELECT count(*) FROM episode") == revisions
    assert _one(engine, "SELECT count(*) FROM search_segment") == 1
    engine.dispose()
