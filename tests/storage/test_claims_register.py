"""Claims on both databases: from the report to the payment, with all that hangs on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.desks import claim_facts
from bot.errors import Refused
from tests.storage.claims_kit import FACTS, HOOK, NOW, Desk, desk_on

PAYMENT = {
    "method": "transfer",
    "payee": "张三",
    "payee_relation": "insured",
    "account_holder": "张三",
    "account_tail": "6789",
}


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk with one webhook, once on SQLite and once on PostgreSQL."""
    made = desk_on(database, webhooks=[HOOK])
    yield made
    made.ways.close()


def at(text: str) -> datetime:
    """Return a time in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


def ready(desk: Desk, **said: Any) -> str:
    """Return a claim that was contacted and whose documents are all there."""
    number = desk.open(**said)
    desk.move(number, "contacted")
    desk.all_documents(number)
    desk.move(number, "documents_complete", owner="王理赔")
    return number


def test_a_report_makes_a_list_a_track_and_a_deadline(desk: Desk) -> None:
    """S43, S44: documents, owner and first contact follow from the report."""
    claim = desk.claim(desk.open())
    assert (claim.status, claim.track, claim.severity) == ("contact_due", "normal", "normal")
    assert claim.due_at == NOW + timedelta(minutes=30)
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


def test_the_whole_way_of_a_claim(desk: Desk) -> None:
    """S45–S51: contact, survey, assessment, documents, decision, agreement, payment, end."""
    number = desk.open()
    desk.move(number, "contacted")
    desk.move(number, "survey_due", owner="李查勘")
    desk.milestone(number, "survey_assigned")
    desk.move(number, "assessing")
    desk.all_documents(number)
    for to, given in (
        ("documents_complete", {}),
        ("deciding", {}),
        ("calculating", {"clause": "机动车损失保险条款 第六条"}),
        ("customer_confirm", {"amount_fen": 320_000, "calculation": "3200 − 免赔 0"}),
        ("agreed", {}),
        ("paying", {"payment": PAYMENT}),
        ("paid", {}),
        ("closed", {}),
    ):
        desk.later(hours=1)
        desk.move(number, to, **given)
    claim = desk.claim(number)
    assert (claim.status, claim.paid_fen, claim.due_at) == ("closed", 320_000, None)
    assert claim.decision is not None
    assert claim.decision["clause"] == "机动车损失保险条款 第六条"
    assert claim.decision["payment"]["account_tail"] == "6789"
    states = {code: clock.state for code, clock in desk.clocks(number).items()}
    assert states["first_contact"] == states["decision"] == states["payment"] == "met"


@pytest.mark.parametrize(
    ("to", "given", "words"),
    [
        ("paid", {}, "不能直接到"),
        ("calculating", {}, "条款依据"),
        ("declined", {"clause": "第八条"}, "理由"),
        ("declined", {"reason": "酒后"}, "条款依据"),
        ("suspended", {}, "理由"),
    ],
)
def test_a_step_that_lacks_something_is_refused(
    desk: Desk, to: str, given: dict[str, Any], words: str
) -> None:
    """S25, S49: no refusal without clause and reason, no skipping; nothing is changed."""
    number = ready(desk)
    desk.move(number, "deciding")
    before = len(desk.events(number))
    with pytest.raises(Refused, match=words):
        desk.move(number, to, **given)
    assert desk.claim(number).status == "deciding"
    assert len(desk.events(number)) == before


def test_a_refusal_has_three_days_and_must_be_sent_before_the_end(desk: Desk) -> None:
    """S49, BXF 24: the clock runs from the decision to the notice."""
    number = ready(desk)
    desk.move(number, "deciding")
    desk.move(number, "declined", clause="条款第八条", reason="驾驶证已注销")
    clock = desk.clocks(number)["refusal_notice"]
    assert (clock.state, clock.due_at) == ("running", at("2026-11-29T00:00:00"))
    assert "《保险法》24 条" in clock.reason
    with pytest.raises(Refused, match="拒赔通知书"):
        desk.move(number, "closed")
    desk.later(days=4)
    assert desk.clocks(number)["refusal_notice"].state == "missed"
    desk.milestone(number, "refusal_notice", at("2026-11-27T09:00:00"))
    assert desk.clocks(number)["refusal_notice"].state == "met"
    desk.move(number, "closed")


def test_documents_must_be_there_before_they_are_complete(desk: Desk) -> None:
    """S46: what is missing is named; waiving takes a reason."""
    number = desk.open()
    desk.move(number, "contacted")
    with pytest.raises(Refused, match="驾驶证"):
        desk.move(number, "documents_complete")
    with pytest.raises(Refused, match="理由"):
        desk.document(number, "驾驶证", "waived")
    desk.document(number, "驾驶证", "waived", "承保时已留存")
    desk.all_documents(number)
    desk.document(number, "行驶证", "rejected", "看不清")
    with pytest.raises(Refused, match="行驶证"):
        desk.move(number, "documents_complete")
    desk.document(number, "行驶证")
    desk.move(number, "documents_complete")


def test_documents_are_asked_for_once(desk: Desk) -> None:
    """BXF 22: the notice names all that is open; another one takes a supervisor and a reason."""
    number = desk.open()
    desk.move(number, "contacted")
    desk.move(number, "documents_due", missing=["维修报价单"])
    asked = desk.events(number)[-1].data["missing"]
    assert "维修报价单" in asked
    assert "驾驶证" in asked
    desk.all_documents(number)
    desk.move(number, "documents_complete")
    with pytest.raises(Refused, match="一次性"):
        desk.move(number, "documents_due", missing=["驾驶人笔录"], reason="新情况")
    with pytest.raises(Refused, match="一次性"):
        desk.move(number, "documents_due", lead=True, missing=["驾驶人笔录"])
    desk.move(number, "documents_due", lead=True, missing=["驾驶人笔录"], reason="新情况")
    planned = desk.outbox("claim_reminder", "planned")
    assert [item.body["days"] for item in planned] == [3, 7, 15]
    assert "驾驶人笔录" in planned[0].body["text"]


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


def test_small_and_clear_is_fast(desk: Desk) -> None:
    """S22, S23: up to 5000 yuan, nobody hurt, nobody else: one working day from complete."""
    number = ready(desk, estimate_fen=500_000)
    claim = desk.claim(number)
    assert claim.track == "fast"
    clock = desk.clocks(number)["fast_decision"]
    assert clock.due_at == at("2026-11-26T17:30:00")
    assert claim.due_at == clock.due_at
    desk.later(days=2)
    assert desk.clocks(number)["fast_decision"].state == "missed"


@pytest.mark.parametrize(
    "said",
    [
        {"estimate_fen": 500_001},
        {"estimate_fen": 300_000, "other_plate": "津C99999"},
        {"estimate_fen": 300_000, "disputed": True},
        {"estimate_fen": 300_000, "injured": True},
        {},
    ],
)
def test_what_is_not_small_and_clear_is_not_fast(desk: Desk, said: dict[str, Any]) -> None:
    """A cent over, another party, a dispute, an injury, or no estimate."""
    assert desk.claim(desk.open(**said)).track != "fast"


def test_a_complex_claim_has_a_person_and_may_not_be_silent(desk: Desk) -> None:
    """S24: no step beyond the first contact without a named owner; silence has its clock."""
    number = desk.open(estimate_fen=5_000_001)
    assert desk.claim(number).owner == "大案专人岗（待指定）"
    desk.move(number, "contacted")
    with pytest.raises(Refused, match="专人"):
        desk.move(number, "survey_due")
    desk.move(number, "survey_due", owner="李大案")
    assert desk.claim(number).owner == "李大案"
    assert desk.clocks(number)["silence"].due_at == at("2026-11-29T00:00:00")
    claim = desk.claim(number)
    assert claim.due_at == at("2026-11-25T12:00:00")
    desk.move(number, "assessing")
    claim = desk.claim(number)
    # The customer is told dates of the claim's steps, not of our own rule.
    assert (claim.due_at, claim.due_on) == (at("2026-11-29T00:00:00"), None)
    desk.later(days=3)
    desk.milestone(number, "progress")
    assert desk.clocks(number)["silence"].due_at == at("2026-12-02T00:00:00")
    desk.later(days=4)
    assert desk.clocks(number)["silence"].state == "missed"


@pytest.mark.parametrize(
    ("payment", "words"),
    [
        ({**PAYMENT, "account_holder": "李四"}, "第三人私户"),
        ({**PAYMENT, "account_tail": None}, "尾号"),
        ({"method": "cash", "payee": "张三", "payee_relation": "insured"}, "主管审批"),
    ],
)
def test_a_payment_goes_to_the_person_entitled(
    desk: Desk, payment: dict[str, Any], words: str
) -> None:
    """S51, SALES 32: an own account; cash by a supervisor."""
    number = ready(desk)
    for to, given in (
        ("deciding", {}),
        ("calculating", {"clause": "第六条"}),
        ("customer_confirm", {"amount_fen": 100, "calculation": "1"}),
        ("agreed", {}),
    ):
        desk.move(number, to, **given)
    with pytest.raises(Refused, match=words):
        desk.move(number, "paying", payment=payment)
    desk.move(number, "paying", lead=True, payment={**PAYMENT, "approval": "残障客户"})
    with pytest.raises(Refused, match="实付"):
        desk.move(number, "paid", amount_fen=99)
    desk.move(number, "paid", amount_fen=99, reason="扣除残值")
    assert desk.claim(number).paid_fen == 99


def test_victims_are_paid_directly_only_where_the_law_says(desk: Desk) -> None:
    """BXF 65: liability and motor, not home."""
    number = ready(desk, line="home", accident_type="water_leak")
    for to, given in (
        ("deciding", {}),
        ("calculating", {"clause": "第六条"}),
        ("customer_confirm", {"amount_fen": 100, "calculation": "1"}),
        ("agreed", {}),
    ):
        desk.move(number, to, **given)
    with pytest.raises(Refused, match="65 条"):
        desk.move(number, "paying", payment={**PAYMENT, "payee_relation": "victim"})


def test_a_suspended_claim_goes_back_to_where_it_was(desk: Desk) -> None:
    """Waiting for a court stops the clock and ends where it began."""
    number = ready(desk)
    desk.move(number, "deciding")
    desk.later(days=1)
    desk.move(number, "suspended", reason="等交警认定书")
    assert desk.clocks(number)["decision"].state == "paused"
    desk.later(days=10)
    desk.move(number, "deciding")
    assert desk.clocks(number)["decision"].due_at == at("2027-01-05T00:00:00")


def test_a_step_may_be_noted_later_but_not_before_the_report(desk: Desk) -> None:
    """The call was at 10:10 and is written down at 11: the clock believes the call."""
    number = desk.open()
    desk.later(hours=1)
    for wrong in (NOW - timedelta(minutes=1), desk.now + timedelta(minutes=6)):
        with pytest.raises(Refused, match="发生时间"):
            desk.move(number, "contacted", at=wrong)
    desk.move(number, "contacted", at=NOW + timedelta(minutes=10))
    assert desk.clocks(number)["first_contact"].state == "met"


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


def test_photos_tick_what_they_are(desk: Desk) -> None:
    """A photo from the chat is one document less to ask for."""
    number = desk.open(accident_type="glass")
    before = {d.name: d.status for d in desk.documents(number)}
    assert before["受损玻璃照片"] == "wanted"
    desk.work(lambda s: _photo(desk, s, number))
    after = {d.name: d.status for d in desk.documents(number)}
    assert after["受损玻璃照片"] == "received"
    assert after["行驶证"] == "wanted"


def _photo(desk: Desk, steps: Any, number: str) -> None:
    from tests.bot.api.rows import conversation, photo  # noqa: PLC0415 - needs the table first

    steps.register.uow.session.add(conversation(77))
    steps.register.uow.session.flush()
    steps.register.uow.session.add(photo(number, 77))
    steps.register.uow.session.flush()
    steps.register.photos_came(steps.register.locked(number), 1)


def test_other_systems_are_told_without_personal_data(desk: Desk) -> None:
    """Every change is owed once to who listens, and names nobody."""
    number = desk.open()
    desk.amend(number, place="和平区南京路", phone="13911112222")
    desk.move(number, "contacted")
    told = desk.outbox("webhook")
    assert [item.body["type"] for item in told] == [
        "claim.opened", "claim.amended", "claim.status_changed",
    ]  # fmt: skip
    assert len({item.body["id"] for item in told}) == 3
    assert told[1].body["data"]["changed"] == ["phone", "place"]
    text = str([item.body for item in told])
    assert not any(secret in text for secret in ("南京路", "1391111", "张三", "津A12345"))


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


def _must(line: str) -> set[str]:
    """Return what must be known of this line and of no other."""
    every = claim_facts.facts().must
    return {group[0] for group in every[line]} - {group[0] for group in every["auto"]}


def test_every_line_has_its_facts_and_papers(desk: Desk) -> None:
    """All lines of 3.2 can be reported, each with facts and documents of its own."""
    lists = []
    for line in ("auto", "home", "accident", "liability", "cargo", "property"):
        number = desk.open(line=line, accident_type="other", story="出事了", plate=None)
        claim = desk.claim(number)
        assert claim.status == "draft"
        said = dict.fromkeys(_must(line), "已知") | {"estimate_fen": 100, "plate": "津A12345"}
        desk.amend(number, **said)
        assert desk.claim(number).status == "contact_due"
        lists.append(tuple(document.name for document in desk.documents(number)))
    assert len(set(lists)) == len(lists)


def test_facts_are_enough() -> None:
    """The kit's own facts are complete, or every test above would say nothing."""
    assert {"happened_at", "place", "phone", "plate", "accident_type"} <= FACTS.keys()
