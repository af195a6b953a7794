"""kill -9 at every statement of an agent's writing: said once, owed once, no draft left over."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from storage import schema
from storage.database import open_engine
from storage.drafts import Draft, Drafts
from tests.conftest import SECRET
from tests.crash.dying import killed

_WORK = "tests.crash.inbox_writes:write"
_ONCE = (
    "SELECT count(*) FROM message WHERE author = 'agent'",
    "SELECT count(*) FROM ticket WHERE kind = 'follow_up' AND owner = '王敏'",
    "SELECT count(*) FROM agent_draft",
    "SELECT count(*) FROM conversation_tag",
    "SELECT count(*) FROM console_event WHERE kind = 'draft'",
    "SELECT count(*) FROM handoff WHERE status = 'closed'",
)


def test_what_an_agent_writes_is_whole_and_once(tmp_path: Path) -> None:
    """Whatever dies when: the conversation ended once, with its one ticket, and the box empty."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    (count,) = killed(f"sqlite:///{_spare(tmp_path)}", _WORK)
    assert count > 40
    assert killed(url, _WORK, *range(1, count + 1, 2)).count(-9) > 10
    assert killed(url, _WORK, 10_000) == [0]
    with engine.connect() as connection:
        for query in _ONCE:
            assert connection.execute(text(query)).scalar() == 1, query
        left = Drafts(connection).of(1, "王敏")
    assert (left.text, left.rev > 0) == (Draft().text, True)
    engine.dispose()


def _spare(folder: Path) -> Path:
    """Return a second database, for the undisturbed run that counts the statements."""
    file = folder / "spare.db"
    engine = open_engine(f"sqlite:///{file}", SECRET)
    schema.upgrade(engine)
    engine.dispose()
    return file
