"""Clocks of claims and silence in cases: owners are told once, leads when it is late."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select, update

from storage.models.case import Claim, Complaint
from storage.models.episode import ConsoleEvent
from tests.scheduler.jobs.kit import at, run, tickets
from tests.storage.claims_kit import Desk, desk_on
from tests.storage.complaints_kit import Room


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk on a Wednesday, once on SQLite and once on PostgreSQL."""
    made = desk_on(database)
    yield made
    made.ways.close()


def decided_soon(desk: Desk) -> str:
    """Return a claim whose decision is due on 25 December at midnight."""
    number = desk.open()
    desk.move(number, "contacted", owner="李专员")
    desk.move(number, "assessing")
    desk.move(number, "documents_due", missing=["驾驶证"])
    desk.all_documents(number)
    desk.move(number, "documents_complete")
    return number


def test_a_late_contact_is_told_to_the_lead_once(desk: Desk) -> None:
    """A quarter of an hour to call; then it is late, and nobody hears of it twice."""
    number = desk.open()
    assert run(desk, "claim_clocks", "2026-11-25T10:14") == []
    [line] = run(desk, "claim_clocks", "2026-11-25T10:16")
    assert line.startswith(f"{number}：首次联系已过")
    assert run(desk, "claim_clocks", "2026-11-25T10:40") == []
    [ticket] = tickets(desk, "claim_overdue")
    assert (ticket.about, ticket.queue) == (number, "lead")
    assert [event.kind for event in desk.events(number)].count("overdue") == 1


def test_a_late_call_to_somebody_hurt_is_cried_out_once(desk: Desk) -> None:
    """A ticket for the lead and an alarm on every console; another claim makes no noise."""
    number = desk.open(injured=True)
    desk.open(plate="津A99999")
    run(desk, "claim_clocks", "2026-11-25T10:10")
    run(desk, "claim_clocks", "2026-11-25T10:40")
    query = select(ConsoleEvent.data).where(ConsoleEvent.kind == "alarm")
    [alarm] = desk.ways.read(lambda uow: list(uow.session.scalars(query)))
    assert (alarm["level"], alarm["handoff"]) == ("P0", number)
    assert "首次联系（紧急）已过" in alarm["why"]


def test_a_warning_goes_to_the_owner_each_time_it_is_due(desk: Desk) -> None:
    """Ten, five and two days before thirty are over; after an outage only the newest."""
    number = decided_soon(desk)
    due = desk.clocks(number)["decision"].due_at
    assert due is not None
    [first] = run(desk, "claim_clocks", "2026-12-16T09:00", dry_run=True)
    assert "核定将于" in first
    assert tickets(desk, "claim_nudge") == []
    run(desk, "claim_clocks", "2026-12-24T09:00")
    assert run(desk, "claim_clocks", "2026-12-24T09:10") == []
    [ticket] = tickets(desk, "claim_nudge")
    assert ticket.facts["who"] == "李专员"
    assert len([e for e in desk.events(number) if e.kind == "warned"]) == 1


def test_a_claim_that_is_over_warns_nobody(desk: Desk) -> None:
    """What was withdrawn is late for nobody."""
    number = desk.open()
    desk.move(number, "withdrawn", reason="误报")
    assert run(desk, "claim_clocks", "2026-11-26T10:00") == []


def stood_still(desk: Desk, model: type[Claim | Complaint], number: str, since: str) -> None:
    """Let a case have been still since a moment."""
    still = update(model).where(model.number == number).values(updated_at=at(since))
    desk.ways.run(lambda uow: uow.session.execute(still))


def test_owners_of_silent_cases_are_nudged_until_something_moves(desk: Desk) -> None:
    """Every five days for a claim, every three for a complaint, once for each span."""
    claim = desk.open()
    complaint = Room(desk).open()
    stood_still(desk, Claim, claim, "2026-11-25T10:00")
    stood_still(desk, Complaint, complaint, "2026-11-25T10:00")
    assert run(desk, "no_update_nudge", "2026-11-28T08:40") == []
    [first] = run(desk, "no_update_nudge", "2026-11-29T08:40")
    assert first.startswith(f"{complaint}：3 天没有新进展")
    both = run(desk, "no_update_nudge", "2026-12-01T12:00")
    assert [line.split("：")[0] for line in both] == [claim, complaint]
    assert run(desk, "no_update_nudge", "2026-12-01T12:01") == []
    stood_still(desk, Claim, claim, "2026-12-01T13:00")
    assert [claim in line for line in run(desk, "no_update_nudge", "2026-12-05T08:40")] == [False]
    assert len(tickets(desk, "claim_nudge")) == 1
    assert len(tickets(desk, "complaint_nudge")) == 3


def test_complainants_hear_that_their_complaint_is_worked_on(desk: Desk) -> None:
    """After five silent days, again after five more, and not after the decision."""
    room = Room(desk)
    number = room.open()
    before = len(room.texts())
    assert run(desk, "complaint_progress", "2026-11-29T10:00") == []
    [line] = run(desk, "complaint_progress", "2026-11-30T10:05")
    assert line.startswith(number)
    assert run(desk, "complaint_progress", "2026-11-30T10:06") == []
    said = room.texts()[before:]
    assert len(said) == 1
    assert f"投诉 {number} 还在办理" in said[0]
    assert "2026年12月10日 前答复" in said[0]
    desk.now = at("2026-12-04T10:00")
    room.decide(number)
    assert run(desk, "complaint_progress", "2026-12-09T10:00") == []


def test_nobody_is_told_of_their_complaint_at_night(desk: Desk) -> None:
    """A run that is made up for in the evening waits for the next day."""
    room = Room(desk)
    room.open()
    before = len(room.texts())
    assert run(desk, "complaint_progress", "2026-12-01T22:30") == ["静默时段，明天再告诉"]
    assert len(room.texts()) == before
    assert len(run(desk, "complaint_progress", "2026-12-02T10:00")) == 1
