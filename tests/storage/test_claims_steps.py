"""The steps of a claim: what each takes, and who is paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Refused
from tests.storage.claims_kit import NOW, Desk, agreed, at, ready

PAYMENT = {
    "method": "transfer",
    "payee": "张三",
    "payee_relation": "insured",
    "account_holder": "张三",
    "account_tail": "6789",
}


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
    number = agreed(desk)
    with pytest.raises(Refused, match=words):
        desk.move(number, "paying", payment=payment)
    desk.move(number, "paying", lead=True, payment={**PAYMENT, "approval": "残障客户"})
    with pytest.raises(Refused, match="实付"):
        desk.move(number, "paid", amount_fen=99)
    desk.move(number, "paid", amount_fen=99, reason="扣除残值")
    assert desk.claim(number).paid_fen == 99


def test_victims_are_paid_directly_only_where_the_law_says(desk: Desk) -> None:
    """BXF 65: liability and motor, not home."""
    number = agreed(desk, line="home", accident_type="water_leak")
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
