"""kill -9 at every statement of the work on an application: all of it is there, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import schema
from storage.database import open_engine
from storage.models.service import PolicyDelivery, PolicyLink
from tests import warm
from tests.storage.applications_kit import SECRET, Branch, branch_on, hold

_COUNTS = {
    "applications": "SELECT count(*) FROM application",
    "received": "SELECT count(*) FROM case_event WHERE kind = 'received'",
    "numbers": "SELECT coalesce(sum(last), 0) FROM number_sequence WHERE prefix = 'AP'",
    "steps": "SELECT count(*) FROM form_step",
    "events": "SELECT count(*) FROM case_event WHERE case_number LIKE 'AP%'",
    "tasks": "SELECT count(*) FROM ticket WHERE status = 'new'",
    "notices": "SELECT count(*) FROM outbox_item WHERE kind = 'notice'",
    "messages": "SELECT count(*) FROM message",
    "payments": "SELECT count(*) FROM application_payment",
    "reminders": "SELECT count(*) FROM outbox_item WHERE kind = 'application_reminder'"
    " AND status = 'planned'",
    "planned": "SELECT count(*) FROM outbox_item WHERE kind = 'application_payment'"
    " AND status = 'planned'",
}
# What is done → the states before it, and what there is one more of after it.
_STEPS = {
    "return": (
        (),
        "returned",
        {"events": 1, "notices": 1, "messages": 1, "tasks": -1, "reminders": 2},
    ),
    "approve": (
        ("underwriting",),
        "approved",
        {"events": 1, "notices": 1, "messages": 1, "tasks": -1, "reminders": 2},
    ),
    "plan": (
        ("underwriting", "approved", "confirmed"),
        "paying",
        {"events": 1, "notices": 1, "messages": 1, "planned": 3, "tasks": -1},
    ),
    "pay": (
        ("underwriting", "approved", "confirmed", "paying"),
        "paid",
        {"events": 2, "payments": 1, "planned": -3, "tasks": 1},
    ),
    # Received, amended and answered: three lines of history, and no notice to who did it.
    "mend": (
        ("returned",),
        "received",
        {"events": 3, "received": 1, "tasks": 1, "reminders": -2},
    ),
    "confirm": (
        ("underwriting", "approved"),
        "confirmed",
        {"events": 1, "tasks": 1, "reminders": -2},
    ),
    "withdraw": ((), "withdrawn", {"events": 1, "tasks": -1}),
}


def _run(url: str, what: str, *deadly: int) -> list[int]:
    done = warm.run("tests.crash.application_writes", url, what, *map(str, deadly))
    return [int(line) for line in done.stdout.split()]


def _counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        found = {name: connection.execute(text(sql)).scalar() for name, sql in _COUNTS.items()}
    return {name: int(value or 0) for name, value in found.items()}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A fresh SQLite database."""
    made = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(made, SECRET)
    schema.upgrade(engine)
    engine.dispose()
    return made


def _branch(url: str) -> tuple[Engine, Branch]:
    engine = open_engine(url, SECRET)
    return engine, branch_on(engine)


def test_an_application_is_whole_or_not_there(url: str) -> None:
    """Killed at each statement; the next one gets the number that nobody was told."""
    engine, branch = _branch(url)
    branch.converse()
    statements = _run(url, "open")[0]
    assert statements > 6
    killed = _run(url, "open", *range(1, statements + 1))
    assert killed.count(-9) > statements / 2
    counts = _counts(engine)
    assert counts["received"] == counts["applications"] == counts["numbers"]
    assert counts["steps"] == counts["tasks"] == counts["applications"] < 1 + statements
    branch.ways.close()


@pytest.mark.parametrize("what", _STEPS)
def test_a_step_is_whole_or_not_there(url: str, what: str) -> None:
    """State, history, notice, reminders and money change together; many times begun, done once."""
    before, after, more = _STEPS[what]
    engine, branch = _branch(url)
    number = branch.open(branch.converse())
    branch.walk(number, *before)
    counts = _counts(engine)
    outcomes = _run(url, what, *range(1, 200))
    assert outcomes.count(-9) > 5
    assert outcomes[-1] == 0
    assert branch.get(number).status == after
    expected = {name: counts[name] + more.get(name, 0) for name in counts}
    assert _counts(engine) == expected
    branch.ways.close()


def test_an_issued_policy_is_pushed_once_and_whole(url: str) -> None:
    """Killed on the way there is neither notice nor link; tried again, there is one of each."""
    engine, branch = _branch(url)
    talk = branch.converse()
    hold(branch, talk)
    number = branch.open(talk)
    branch.walk(number, "underwriting", "approved", "confirmed", "paying")
    branch.pay(number, "WX-0", 300_000)
    notices = len(branch.outbox("notice"))
    outcomes = _run(url, "issue", *range(1, 200))
    assert outcomes.count(-9) > 10
    assert outcomes[-1] == 0
    assert branch.get(number).status == "issued"
    assert len(branch.outbox("notice")) == notices + 2
    assert len(branch.rows(PolicyLink)) == len(branch.rows(PolicyDelivery)) == 1
    branch.ways.close()
    engine.dispose()


def test_a_delivery_is_whole_or_not_there(url: str) -> None:
    """Killed on the way, the policy counts as not delivered; tried again, it is, once."""
    engine, branch = _branch(url)
    number = branch.open(branch.converse())
    branch.walk(number, "underwriting", "approved", "confirmed", "paying")
    branch.pay(number, "WX-0", 300_000)
    branch.move(number, "issued")
    assert _run(url, "deliver", *range(1, 200))[-1] == 0
    assert len(branch.get(number).work["deliveries"]) == 1
    assert [e.kind for e in branch.events(number)].count("delivered") == 1
    branch.ways.close()
    engine.dispose()
