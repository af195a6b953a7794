"""A claim is reported and amended: what is known, waited for and told."""

from __future__ import annotations

from datetime import timedelta

from tests.storage.claims_kit import NOW, Desk, at, ready


def test_a_report_makes_a_list_a_track_and_a_deadline(desk: Desk) -> None:
    """S43, S44: documents, owner and first contact follow from the report."""
    claim = desk.claim(desk.open())
    assert (claim.status, claim.track, claim.severity) == ("contact_due", "normal", "normal")
    assert claim.due_at == NOW + timedelta(minutes=15)
    assert claim.due_on == NOW.date()
    names = {document.name: document.required for document in desk.documents(claim.number)}
    assert names["驾驶证"] is True
    assert [event.kind for event in desk.events(claim.number)] == ["reported"]


def test_what_must_be_known_is_waited_for(desk: Desk) -> None:
    """Without place and plate it is «待补报案», and it goes on by itself once they are said."""
    number = desk.open(place=None, plate=None)
    assert desk.claim(number).status == "draft"
    assert desk.clocks(number)["first_contact"].state == "running"
    desk.amend(number, plate="津B12345")
    assert desk.claim(number).status == "draft"
    desk.amend(number, place="河西区友谊路")
    assert desk.claim(number).status == "contact_due"


def test_a_table_that_asks_for_more_sets_no_running_claim_back(desk: Desk) -> None:
    """A claim from before the table grew is not sent back by an amendment; taking back does."""
    number = desk.open()
    older = {k: v for k, v in desk.claim(number).facts.items() if k != "drivable"}
    desk.ways.run(lambda uow: setattr(uow.cases.claim(number), "facts", older))
    desk.amend(number, place="和平区南京路")
    assert desk.claim(number).status == "contact_due"
    desk.amend(number, place=None)
    assert desk.claim(number).status == "draft"


def test_other_systems_hear_that_a_report_is_complete(desk: Desk) -> None:
    """The state that follows from an amendment is told like any other."""
    number = desk.open(place=None)
    desk.amend(number, place="和平区南京路")
    told = [(i.body["type"], i.body["data"]["status"]) for i in desk.outbox("webhook")]
    assert told == [
        ("claim.opened", "draft"),
        ("claim.status_changed", "contact_due"),
        ("claim.amended", "contact_due"),
    ]


def test_an_emergency_waits_for_no_facts(desk: Desk) -> None:
    """Somebody hurt: P0 at once, five minutes, with a complex track."""
    number = desk.open(injured=True, place=None, plate=None)
    claim = desk.claim(number)
    assert (claim.status, claim.severity, claim.track) == ("contact_due", "P0", "complex")
    assert claim.due_at == NOW + timedelta(minutes=5)
    assert "first_contact" not in desk.clocks(number)


def test_amending_keeps_what_was_and_asks_for_what_is_new(desk: Desk) -> None:
    """The history has both; documents of the new kind come on top, none is lost."""
    number = desk.open()
    desk.document(number, "驾驶证", "accepted")
    desk.amend(number, accident_type="fire", story="自燃了")
    event = desk.events(number)[-1]
    assert event.data["before"]["accident_type"] == "scrape"
    assert event.data["after"]["accident_type"] == "fire"
    documents = {document.name: document.status for document in desk.documents(number)}
    assert documents["消防部门证明"] == "wanted"
    assert documents["驾驶证"] == "accepted"
    assert desk.claim(number).track == "complex"


def test_a_claim_reported_with_nothing_is_taken(desk: Desk) -> None:
    """A claim is never refused."""
    number = desk.work(lambda s: s.register.open({}).number)
    claim = desk.claim(number)
    assert (claim.status, claim.line) == ("draft", "auto")


def test_an_unknown_year_does_not_stop_a_claim(desk: Desk) -> None:
    """At the turn of the year the clock says what to do, and the claim goes on."""
    desk.now = at("2026-12-31T16:00:00")
    number = ready(desk, estimate_fen=100_000, happened_at="2026-12-31T10:00:00+08:00")
    clock = desk.clocks(number)["fast_decision"]
    assert clock.state == "unknown"
    assert "anda data import calendar" in clock.reason
    assert desk.clocks(number)["decision"].state == "running"
    assert desk.claim(number).due_at == at("2027-01-31T00:00:00")
