"""kill -9 at every statement of taking a call down: pressed again, it is one case and whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage import schema
from storage.database import open_engine
from tests.conftest import SECRET
from tests.crash.dying import killed
from tests.crash.test_ticket_writes import counted

COUNTS = {
    "keys": "SELECT count(*) FROM idempotent_request",
    "unanswered": "SELECT count(*) FROM idempotent_request WHERE response = ''",
    "claim": "SELECT count(*) FROM claim",
    "complaint": "SELECT count(*) FROM complaint",
    "ticket": "SELECT count(*) FROM ticket",
    "begun": "SELECT count(*) FROM case_event WHERE kind IN ('reported', 'received', 'opened')",
}


@pytest.fixture
def base(tmp_path: Path) -> Iterator[tuple[str, Engine]]:
    """A fresh SQLite database."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    yield url, engine
    engine.dispose()


@pytest.mark.parametrize("kind", ["claim", "complaint", "ticket"])
def test_a_call_is_taken_down_once_and_whole(base: tuple[str, Engine], kind: str) -> None:
    """Killed anywhere there is nothing; the next press of the same form makes the one case."""
    url, engine = base
    work = f"tests.crash.intake_writes:{kind}"
    codes = killed(url, work, *range(1, 9))
    assert codes == [-9] * 8
    counts = counted(engine, COUNTS)
    assert set(counts.values()) == {0}
    killed(url, work, *range(9, 60, 6))
    killed(url, work)
    killed(url, work)
    counts = counted(engine, COUNTS)
    assert (counts[kind], counts["keys"], counts["unanswered"], counts["begun"]) == (1, 1, 0, 1)
