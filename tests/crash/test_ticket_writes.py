"""kill -9 at every statement of the work on a ticket: all of it is there, or nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage import schema
from storage.database import open_engine
from tests.crash.dying import counted, die
from tests.storage.claims_kit import SECRET

pytestmark = pytest.mark.xdist_group("crash")
MODULE = "tests.crash.ticket_writes"
COUNTS = {
    "tickets": "SELECT count(*) FROM ticket",
    "opened": "SELECT count(*) FROM case_event WHERE kind = 'opened'",
    "numbers": "SELECT coalesce(sum(last), 0) FROM number_sequence",
    "done": "SELECT count(*) FROM ticket WHERE status = 'done'",
    "finished": "SELECT count(*) FROM case_event WHERE kind = 'done'",
    "answers": "SELECT count(*) FROM outbox_item WHERE kind = 'ticket_reply'",
    "reopened": "SELECT count(*) FROM case_event WHERE kind = 'reopened'",
    "elsewhere": "SELECT count(*) FROM ticket WHERE queue = 'claims'",
    "handed": "SELECT count(*) FROM case_event WHERE kind = 'handed_over'",
}


@pytest.fixture
def base(tmp_path: Path) -> Iterator[tuple[str, Engine]]:
    """A fresh SQLite database."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    yield url, engine
    engine.dispose()


def test_a_promise_is_whole_or_not_there(base: tuple[str, Engine]) -> None:
    """Ticket, history and number come together."""
    url, engine = base
    statements = die(MODULE, url, "open")[0]
    killed = die(MODULE, url, "open", *range(1, statements + 1))
    assert killed.count(-9) > statements / 2
    counts = counted(engine, COUNTS)
    assert counts["tickets"] == counts["opened"] == counts["numbers"]
    assert counts["tickets"] < 1 + statements


def test_a_step_is_whole_or_not_there(base: tuple[str, Engine]) -> None:
    """Answer and end, reopening and hand-over: each with its line of history."""
    url, engine = base
    die(MODULE, url, "open")
    outcomes = die(MODULE, url, "answer", *range(1, 100))
    assert outcomes.count(-9) > 3
    counts = counted(engine, COUNTS)
    assert (counts["done"], counts["finished"], counts["answers"]) == (1, counts["answers"], 1)
    outcomes = die(MODULE, url, "reopen", *range(1, 100))
    assert outcomes.count(-9) > 3
    counts = counted(engine, COUNTS)
    assert (counts["reopened"], counts["done"]) == (1, 0)
    statements = die(MODULE, url, "hand_over")[0]
    die(MODULE, url, "hand_over", *range(1, statements + 1))
    counts = counted(engine, COUNTS)
    assert counts["elsewhere"] == 1
    assert counts["handed"] >= 1
