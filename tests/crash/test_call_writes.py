"""kill -9 at every statement of changing a promised call: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import schema
from storage.database import open_engine
from tests.conftest import SECRET
from tests.crash.dying import KILLED, killed

WORK = "tests.crash.call_writes:"
COUNTS = {
    "moved": "SELECT count(*) FROM ticket WHERE due_at <> opened_at AND promised_at = due_at"
    " AND updated_at <> opened_at",
    "told": "SELECT count(*) FROM case_event WHERE kind = 'promised'",
    "done": "SELECT count(*) FROM ticket WHERE status = 'done' AND closed_at IS NOT NULL",
    "finished": "SELECT count(*) FROM case_event WHERE kind = 'done'",
}


@pytest.fixture
def base(tmp_path: Path) -> Iterator[tuple[str, Engine]]:
    """A SQLite database with one promised call."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    killed(url, f"{WORK}promising")
    yield url, engine
    engine.dispose()


def _counts(engine: Engine) -> tuple[int, ...]:
    with engine.connect() as connection:
        found = [connection.execute(text(query)).scalar() for query in COUNTS.values()]
    return tuple(int(count or 0) for count in found)


def test_a_moved_call_is_moved_whole_or_not_at_all(base: tuple[str, Engine]) -> None:
    """The new time and its line of history come together, and once."""
    url, engine = base
    for deadly in range(1, 12):
        died = killed(url, f"{WORK}moving", deadly) == [KILLED]
        moved, told, *_ = _counts(engine)
        assert moved == told <= 1
        assert died or moved == 1
    killed(url, f"{WORK}moving")
    assert _counts(engine) == (1, 1, 0, 0)


def test_a_call_is_called_off_whole_or_not_at_all(base: tuple[str, Engine]) -> None:
    """Closed and written down together, and once."""
    url, engine = base
    deaths = 0
    for deadly in range(1, 14):
        deaths += killed(url, f"{WORK}calling_off", deadly) == [KILLED]
        *_, done, finished = _counts(engine)
        assert done == finished <= 1
    assert deaths > 3
    killed(url, f"{WORK}calling_off")
    assert _counts(engine)[2:] == (1, 1)
