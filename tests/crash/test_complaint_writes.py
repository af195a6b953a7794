"""kill -9 at every statement of the work on a complaint: all of it is there, or nothing of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import schema
from storage.database import open_engine
from tests.conftest import SECRET
from tests.crash.dying import killed

WORK = "tests.crash.complaint_writes:"


def _event(kind: str) -> str:
    return f"SELECT count(*) FROM case_event WHERE kind = '{kind}'"


def _owed(kind: str) -> str:
    return f"SELECT count(*) FROM outbox_item WHERE kind = '{kind}'"


COUNTS = {
    "complaints": "SELECT count(*) FROM complaint",
    "parties": "SELECT count(*) FROM complaint_party",
    "numbers": "SELECT coalesce(sum(last), 0) FROM number_sequence WHERE prefix = 'CP'",
    "received": _event("received"),
    "receipts": _event("receipt"),
    "opened": "SELECT count(*) FROM outbox_item WHERE kind = 'webhook'",
    "notices": _owed("complaint_notice"),
    "surveys": _owed("survey_invitation"),
    "tickets": "SELECT count(*) FROM ticket",
    "extended": _event("extended"),
    "decided": _event("decided"),
    "closed": _event("closed"),
    "position": _event("position"),
    "escalated": _event("escalated"),
    "raised": "SELECT count(*) FROM complaint WHERE rung IS NOT NULL",
}


def counted(engine: Engine, queries: Mapping[str, str] = COUNTS) -> dict[str, int]:
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


def test_a_complaint_is_whole_or_not_there(base: tuple[str, Engine]) -> None:
    """Number, person complained about, history, receipt and webhook come together."""
    url, engine = base
    (statements,) = killed(url, f"{WORK}filing")
    assert statements > 10
    codes = killed(url, f"{WORK}filing", *range(1, statements + 1, 2))
    assert codes.count(-9) > statements / 4
    counts = counted(engine)
    together = ("parties", "numbers", "received", "receipts", "opened", "notices")
    assert {counts[name] for name in together} == {counts["complaints"]}
    assert counts["complaints"] < 1 + statements


def test_a_prolongation_is_told_or_does_not_exist(base: tuple[str, Engine]) -> None:
    """Approved and told in one, or neither."""
    url, engine = base
    for work in ("filing", "accepting", "asking"):
        killed(url, f"{WORK}{work}")
    before = counted(engine)["notices"]
    assert killed(url, f"{WORK}prolonging", *range(1, 40, 5)).count(-9) > 2
    killed(url, f"{WORK}prolonging")
    counts = counted(engine)
    assert counts["extended"] == 1
    assert counts["notices"] == before + 1


def test_decision_and_end_are_whole_or_not_there(base: tuple[str, Engine]) -> None:
    """A decision with its notice; an end with position, survey and call-back."""
    url, engine = base
    for work in ("filing", "accepting"):
        killed(url, f"{WORK}{work}")
    before = counted(engine)["notices"]
    assert killed(url, f"{WORK}deciding", *range(1, 40, 5)).count(-9) > 2
    killed(url, f"{WORK}deciding")
    counts = counted(engine)
    assert (counts["decided"], counts["notices"]) == (1, before + 1)
    assert killed(url, f"{WORK}closing", *range(1, 60, 7)).count(-9) > 2
    killed(url, f"{WORK}closing")
    counts = counted(engine)
    ended = [counts[name] for name in ("closed", "surveys", "tickets", "position")]
    assert ended == [1, 1, 1, 1]


def test_a_late_one_is_carried_up_once(base: tuple[str, Engine]) -> None:
    """Each clock that is late: rung, history and ticket together, however often it is killed."""
    url, engine = base
    killed(url, f"{WORK}filing")
    assert killed(url, f"{WORK}carrying_up", *range(1, 60, 7)).count(-9) > 2
    killed(url, f"{WORK}carrying_up")
    killed(url, f"{WORK}carrying_up")
    counts = counted(engine)
    assert counts["raised"] == 1
    assert counts["escalated"] == counts["tickets"] > 0
