"""kill -9 at every statement of the work on a claim: all of it is there, or nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import schema
from storage.database import open_engine
from tests import warm
from tests.crash.dying import counts
from tests.storage.claims_kit import HOOK, SECRET, desk_on

_COUNTS = {
    "claims": "SELECT count(*) FROM claim",
    "reported": "SELECT count(*) FROM case_event WHERE kind = 'reported'",
    "opened": "SELECT count(*) FROM outbox_item WHERE kind = 'webhook'",
    "numbers": "SELECT coalesce(sum(last), 0) FROM number_sequence",
    "documents": "SELECT count(*) FROM claim_document",
    "events": "SELECT count(*) FROM case_event",
    "reminders": "SELECT count(*) FROM outbox_item WHERE kind = 'claim_reminder'"
    " AND status = 'planned'",
    "waiting": "SELECT count(*) FROM claim WHERE status = 'documents_due'",
    "asked": "SELECT count(*) FROM case_event WHERE kind = 'documents_due'",
}


def run_writer(url: str, what: str, *deadly: int) -> list[int]:
    """Do it in other processes; return the count, or how each of them ended."""
    done = warm.run("tests.crash.claim_writes", url, what, *map(str, deadly))
    return [int(line) for line in done.stdout.split()]


def _counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        found = {name: connection.execute(text(sql)).scalar() for name, sql in _COUNTS.items()}
    return {name: int(value or 0) for name, value in found.items()}


def _check(counts: dict[str, int], papers: int) -> None:
    """What belongs together is there together."""
    assert counts["reported"] == counts["claims"] == counts["numbers"]
    assert counts["opened"] >= counts["claims"]
    assert counts["documents"] in (papers * counts["claims"], papers * counts["claims"] + 1)
    assert counts["waiting"] in (0, 1)
    assert counts["reminders"] == 3 * counts["waiting"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A fresh SQLite database."""
    made = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(made, SECRET)
    schema.upgrade(engine)
    engine.dispose()
    return made


def test_a_report_is_whole_or_not_there(url: str) -> None:
    """Killed at each statement; the next report gets the number that nobody was told."""
    statements = run_writer(url, "open")[0]
    assert statements > 10
    engine = open_engine(url, SECRET)
    papers = _counts(engine)["documents"]
    killed = run_writer(url, "open", *range(1, statements + 1))
    assert killed.count(-9) > statements / 2
    counts = _counts(engine)
    _check(counts, papers)
    assert counts["claims"] < 1 + statements
    engine.dispose()


@pytest.mark.parametrize("what", ["ask", "withdraw"])
def test_a_step_is_whole_or_not_there(url: str, what: str) -> None:
    """State, history, reminders and webhook change together; trying again succeeds."""
    engine = open_engine(url, SECRET)
    desk = desk_on(engine, webhooks=[HOOK])
    number = desk.open(desk.converse())
    desk.move(number, "contacted")
    papers = _counts(engine)["documents"]
    if what == "withdraw":
        desk.move(number, "documents_due", missing=["维修报价单"])
    before = _counts(engine)
    outcomes = run_writer(url, what, *range(1, 200))
    assert outcomes.count(-9) > 10
    assert outcomes[-1] == 0
    counts = _counts(engine)
    _check(counts, papers)
    assert counts["waiting"] == (1 if what == "ask" else 0)
    # Many times begun, once done.
    assert counts["opened"] == before["opened"] + 1
    desk.ways.close()


def test_documents_arrive_one_by_one(url: str) -> None:
    """Killed between two documents: those that came are there, and the rest may follow."""
    engine = open_engine(url, SECRET)
    desk = desk_on(engine, webhooks=[HOOK])
    number = desk.open(desk.converse())
    desk.move(number, "contacted")
    desk.move(number, "documents_due", missing=["维修报价单"])
    for deadly in (30, 45, 60):
        assert run_writer(url, "document", deadly) == [-9]
        done = [d for d in desk.documents(number) if d.status == "received"]
        events = [e for e in desk.events(number) if e.kind == "document"]
        assert len(done) == len(events)
    assert run_writer(url, "document")[0] > 0
    desk.move(number, "documents_complete")
    assert desk.outbox("claim_reminder", "planned") == []
    desk.ways.close()


def test_an_emergency_that_comes_out_later_is_whole_or_not_there(url: str) -> None:
    """As urgent as it says, its clock begun and the desk called; or none of the three."""
    engine = open_engine(url, SECRET)
    desk = desk_on(engine, webhooks=[HOOK])
    desk.open(desk.converse())
    desk.ways.close()
    told = (
        "SELECT count(*) FROM claim WHERE severity = 'P0'",
        "SELECT count(*) FROM case_event WHERE kind = 'hurt'",
        "SELECT count(*) FROM console_event WHERE kind = 'alarm'",
    )
    codes: list[int] = []
    for first in range(1, 150, 15):
        codes += run_writer(url, "hurt", first, first + 5, first + 10)
        found = counts(engine, told)
        assert found in ({0}, {1})
        if found == {1}:
            break
    assert codes.count(-9) > 4
    assert counts(engine, told) == {1}
    engine.dispose()
