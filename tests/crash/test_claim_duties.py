"""kill -9 at every statement of what the bot does with a reported claim: whole, or not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from storage import schema
from storage.claims_silence import NUDGE, PUSH
from storage.database import open_engine
from tests.crash.test_claim_writes import run_writer
from tests.storage.claims_kit import HOOK, SECRET, Desk, desk_on

_ENOUGH = 200  # more statements than any of this takes


@pytest.fixture
def place(tmp_path: Any) -> Iterator[tuple[str, Desk]]:
    """A fresh SQLite database and a desk on it."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    desk = desk_on(engine, webhooks=[HOOK])
    yield url, desk
    desk.ways.close()


def _told(desk: Desk, event: str) -> int:
    return sum(item.body["type"] == event for item in desk.outbox("webhook"))


def test_a_claim_is_hurried_with_all_that_belongs_to_it(place: tuple[str, Desk]) -> None:
    """Event, call-back, nudge and webhook are there together; killed, none of them is."""
    url, desk = place
    number = desk.open(desk.converse())
    outcomes = run_writer(url, "urge", *range(1, _ENOUGH))
    assert outcomes.count(-9) > 10
    assert outcomes[-1] == 0
    urged = [event for event in desk.events(number) if event.kind == "urged"]
    assert len(urged) == len(desk.outbox(NUDGE)) == _told(desk, "claim.urged")
    # Killed after the commit it is done; begun anew it is the second time, with the same promise.
    assert len(urged) in (1, 2)
    assert len({event.data["ticket"] for event in urged}) == 1


def test_a_report_is_completed_and_told_or_still_waits(place: tuple[str, Desk]) -> None:
    """The fact, the state and both webhooks come together."""
    url, desk = place
    number = desk.open(desk.converse(), place=None)
    outcomes = run_writer(url, "complete", *range(1, _ENOUGH))
    assert outcomes.count(-9) > 10
    assert outcomes[-1] == 0
    claim = desk.claim(number)
    assert (claim.status, claim.facts["place"]) == ("contact_due", "和平区南京路")
    assert _told(desk, "claim.status_changed") == _told(desk, "claim.amended") == 1
    assert [event.kind for event in desk.events(number)].count("contact_due") == 1


def test_pushes_are_planned_anew_with_the_step_or_stay(place: tuple[str, Desk]) -> None:
    """At no moment are there two plans for one claim, or none."""
    url, desk = place
    number = desk.open(desk.converse(), accident_type="fire")
    before = [item.due_at for item in desk.outbox(PUSH, "planned")]
    for deadly in range(4, _ENOUGH, 7):
        (outcome,) = run_writer(url, "contact", deadly)
        planned = desk.outbox(PUSH, "planned")
        moved = desk.claim(number).status == "contacted"
        assert len(planned) == len(desk.outbox(NUDGE, "planned")) == len(before)
        assert all(("李专员" in item.body["text"]) == moved for item in planned)
        if outcome == 0:
            break
    assert moved
