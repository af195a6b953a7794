"""kill -9 at every statement of the work on a ticket: all of it is there, or nothing of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import schema
from storage.database import open_engine
from tests.conftest import SECRET
from tests.crash.dying import killed

WORK = "tests.crash.ticket_writes:"
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


def counted(engine: Engine, queries: Mapping[str, str]) -> dict[str, int]:
    """Return what each query counts."""
    with engine.connect() as connection:
        found = {name: connection.execute(text(sql)).scalar() for name, sql in queries.items()}
    return {name: int(value or 0) for name, value in found.items()}


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
    (statements,) = killed(url, f"{WORK}opening")
    codes = killed(url, f"{WORK}opening", *range(1, statements + 1))
    assert codes.count(-9) > statements / 2
    counts = counted(engine, COUNTS)
    assert counts["tickets"] == counts["opened"] == counts["numbers"]
    assert counts["tickets"] < 1 + statements


def test_a_step_is_whole_or_not_there(base: tuple[str, Engine]) -> None:
    """Answer and end, reopening and hand-over: each with its line of history."""
    url, engine = base
    killed(url, f"{WORK}opening")
    assert killed(url, f"{WORK}answering", *range(1, 18)).count(-9) > 5
    counts = counted(engine, COUNTS)
    assert counts["done"] == counts["finished"] == counts["answers"] <= 1
    killed(url, f"{WORK}answering")
    assert killed(url, f"{WORK}reopening", *range(1, 14)).count(-9) > 3
    killed(url, f"{WORK}reopening")
    counts = counted(engine, COUNTS)
    assert (counts["done"], counts["finished"], counts["answers"]) == (0, 1, 1)
    assert counts["reopened"] == 1
    assert killed(url, f"{WORK}handing_over", *range(1, 8)).count(-9) > 3
    killed(url, f"{WORK}handing_over")
    counts = counted(engine, COUNTS)
    assert counts["elsewhere"] == 1
    assert counts["handed"] >= 1


def test_a_press_is_made_once_and_whole(base: tuple[str, Engine]) -> None:
    """Killed anywhere there is neither ticket nor key; the same press again makes the one."""
    url, engine = base
    work = "tests.crash.press_writes:pressing"
    counts = {
        "keys": "SELECT count(*) FROM idempotent_request",
        "ticket": "SELECT count(*) FROM ticket",
        "event": "SELECT count(*) FROM case_event",
    }
    assert killed(url, work, *range(1, 9)) == [-9] * 8
    assert set(counted(engine, counts).values()) == {0}
    for _ in range(3):
        killed(url, work)
    assert set(counted(engine, counts).values()) == {1}
