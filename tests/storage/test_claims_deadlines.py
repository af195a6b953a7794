"""The clocks and reminders of a claim."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.models.episode import ConsoleEvent
from tests.storage.claims_kit import NOW, Desk, at, ready


def test_the_decision_clock_stands_while_documents_are_missing(desk: Desk) -> None:
    """Thirty days from complete; the two days of waiting are added, and the reason says so."""
    number = ready(desk)
    assert desk.clocks(number)["decision"].due_at == at("2026-12-26T00:00:00")
    desk.later(days=1)
    desk.move(number, "documents_due", lead=True, missing=["驾驶人笔录"], reason="新情况")
    waiting = desk.clocks(number)["decision"]
    assert (waiting.state, waiting.due_at) == ("paused", None)
    assert desk.claim(number).due_at is None
    desk.later(days=2)
    desk.all_documents(number)
    desk.move(number, "documents_complete")
    again = desk.clocks(number)["decision"]
    assert (again.state, again.due_at) == ("running", at("2026-12-28T00:00:00"))
    assert "等客户补材料" in again.reason
    assert desk.claim(number).due_at == again.due_at


def test_compulsory_cover_has_the_shorter_clock(desk: Desk) -> None:
    """CTPL 28, 29: another party makes it one day for the list and five for the decision."""
    number = desk.open(accident_type="rear_end", other_plate="津C99999")
    assert desk.clocks(number)["document_list"].due_at == at("2026-11-27T00:00:00")
    desk.milestone(number, "document_list")
    assert desk.clocks(number)["document_list"].state == "met"
    desk.move(number, "contacted")
    desk.all_documents(number)
    desk.move(number, "documents_complete")
    clocks = desk.clocks(number)
    assert clocks["decision_compulsory"].due_at == at("2026-12-01T00:00:00")
    assert "decision" not in clocks


def test_a_stolen_car_waits_and_every_claim_lapses_in_time(desk: Desk) -> None:
    """3.3: 60 days until a theft counts as unsolved; two years to ask for payment, a hint only."""
    number = desk.open(accident_type="theft", drivable=None, police_reported=True)
    clocks = desk.clocks(number)
    assert clocks["theft_60d"].due_at == at("2027-01-25T00:00:00")
    assert (clocks["theft_60d"].side, clocks["theft_60d"].state) == ("wait", "running")
    assert clocks["limitation"].due_at == at("2028-11-26T00:00:00")
    assert "《保险法》26 条" in clocks["limitation"].reason
    desk.later(days=61)
    assert desk.clocks(number)["theft_60d"].state == "met"
    assert "theft_60d" not in desk.clocks(desk.open())
    assert desk.claim(number).status == "contact_due"


def test_reminders_are_planned_and_dropped(desk: Desk) -> None:
    """3, 7 and 15 days, once each; gone when the documents came or the claim went on."""
    number = desk.open(desk.converse())
    desk.move(number, "contacted")
    desk.move(number, "documents_due", missing=["维修报价单"])
    planned = desk.outbox("claim_reminder", "planned")
    assert [item.due_at for item in planned] == [
        at(f"{day}T09:30:00") for day in ("2026-11-28", "2026-12-02", "2026-12-10")
    ]
    assert {item.channel for item in planned} == {"wechat"}
    assert "维修报价单" in planned[0].body["text"]
    assert len({item.dedupe_key for item in planned}) == 3
    desk.all_documents(number)
    assert desk.outbox("claim_reminder", "planned") == []
    assert len(desk.outbox("claim_reminder", "suppressed")) == 3


@pytest.mark.parametrize("to", ["withdrawn", "cancelled", "assessing"])
def test_reminders_stop_with_the_claim(desk: Desk, to: str) -> None:
    """Nobody is asked for papers of a claim that ended or went on."""
    number = desk.open()
    desk.move(number, "contacted")
    desk.move(number, "documents_due", missing=["维修报价单"])
    assert {item.channel for item in desk.outbox("claim_reminder", "planned")} == {"sms"}
    desk.move(number, to, reason="客户要求")
    assert desk.outbox("claim_reminder", "planned") == []


def test_a_planned_reminder_is_not_delivered_by_itself(desk: Desk) -> None:
    """The outbound job lets it go by its own rules; the dispatcher leaves it alone."""
    number = desk.open()
    desk.move(number, "contacted")
    desk.move(number, "documents_due", missing=["维修报价单"])
    far = NOW + timedelta(days=30)
    leased = desk.ways.run(lambda uow: uow.outbox.lease("w", far, 60, 50))
    assert {item.kind for item in leased} == {"webhook"}


def test_somebody_hurt_after_all_is_as_urgent_as_said_at_once(desk: Desk) -> None:
    """The desk is called, and five minutes run from the correction; a claim is that once."""
    talk = desk.converse()
    number = desk.open(talk)
    desk.move(number, "contacted")
    desk.later(hours=3)
    assert "injury_contact" not in desk.clocks(number)
    desk.amend(number, injured=True)
    clock = desk.clocks(number)["injury_contact"]
    assert (clock.state, clock.due_at) == ("running", desk.now + timedelta(minutes=5))
    claim = desk.claim(number)
    assert (claim.severity, claim.due_at) == ("P0", clock.due_at)
    assert "5 分钟内" in claim.next_step
    query = select(ConsoleEvent).where(ConsoleEvent.kind == "alarm")
    (alarm,) = desk.ways.read(lambda uow: list(uow.session.scalars(query)))
    assert (alarm.conversation_id, alarm.agent) == (talk, None)
    assert (alarm.data["level"], alarm.data["handoff"]) == ("P0", number)
    desk.amend(number, place="南开区鞍山西道")
    assert len(desk.ways.read(lambda uow: list(uow.session.scalars(query)))) == 1
    desk.later(minutes=10)
    assert desk.clocks(number)["injury_contact"].state == "missed"
    desk.milestone(number, "reached")
    assert desk.clocks(number)["injury_contact"].state == "late"
    assert desk.claim(number).due_at != clock.due_at


def test_a_report_that_waits_for_facts_goes_on_when_somebody_is_hurt(desk: Desk) -> None:
    """A draft becomes a claim to be contacted at once; said at the report, nothing changes."""
    number = desk.open(place=None)
    assert desk.claim(number).status == "draft"
    desk.amend(number, injured=True)
    assert desk.claim(number).status == "contact_due"
    hurt = desk.open(injured=True, plate="津A54321")
    clock = desk.clocks(hurt)["injury_contact"]
    assert clock.due_at == desk.now + timedelta(minutes=5)
    assert [event.kind for event in desk.events(hurt)].count("hurt") == 0
