"""Single intents with a branch in memory: proofs, words and promises."""

from __future__ import annotations

import pytest

import intents
from bot.dialogue.registry import find_flows
from intents.callback import Callback, score_of
from intents.claim_report import ClaimReport
from intents.complaint import Complaint
from intents.follow_up import ClaimPhotos
from intents.human import Human
from intents.policy_query import PolicyQuery
from intents.privacy import Privacy
from intents.verify import Verify
from tests.fakes import CODE, FakeOffice

FLOWS = find_flows(intents)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_flow_is_complete(flow: type) -> None:
    """Every flow has a name, a title and a way in; every pair of slots exists."""
    assert flow.name  # type: ignore[attr-defined]
    assert flow.title  # type: ignore[attr-defined]
    slots = flow.slots  # type: ignore[attr-defined]
    for slot in slots.values():
        assert not slot.also or slot.also in slots
        assert not slot.belongs_to or slot.belongs_to in slots
        assert bool(slot.also) == bool(slot.ask_both)


def test_policies_are_not_shown_without_a_proof() -> None:
    """The look-up asks for V2, whatever was noted; the gate asks for the proofs."""
    assert PolicyQuery(kept={"proof": False}).requires == "V2"
    assert Verify().pending() is not None
    assert not Verify(kept={}).ready


def test_policy_proof_fails_without_telling_what_was_wrong() -> None:
    """Document and name are asked again, the phone is not."""
    flow = Verify(
        {"phone": "13920116628", "code": CODE, "document": "999999"}, kept={"proof": True}
    )
    office = FakeOffice()
    assert "没有对上" in flow.progress(office)[0].text
    assert set(flow.values) == {"phone", "code"}


def test_other_phone_needs_another_code() -> None:
    """A code belongs to the phone it was sent to."""
    flow = Verify({"phone": "13920116628", "code": CODE}, kept={"proof": True})
    flow.keep("phone", "13920116629", "")
    assert "code" not in flow.values


def test_claim_with_injuries_is_opened_at_once_and_once() -> None:
    """Everything said later goes into the same claim."""
    flow, office = ClaimReport({"injured": True}), FakeOffice()
    flow.progress(office)
    flow.values["phone"] = "13920001122"
    flow.progress(office)
    flow.submit(office)
    assert len(office.opened) == 1
    assert office.amended[0][1]["phone"] == "13920001122"
    assert office.handoffs[0][0] == "P0"


def test_claim_keeps_words_but_not_bare_answers() -> None:
    """The story is what the customer told, not «能开»."""
    flow = ClaimReport()
    flow.hear("能开", "")
    flow.hear("等红灯让后车怼了", "等红灯让后车怼了")
    told = "等红灯让后车怼了"
    assert flow.kept == {"story": told, "account": [told], "told": True}


def test_home_claim_asks_nothing_about_cars() -> None:
    """Only the common head."""
    flow = ClaimReport({"injured": False, "line": "home"})
    assert {slot.name for slot in flow.relevant()}.isdisjoint(
        {"plate", "drivable", "police_reported"}
    )


def test_complaint_without_a_name_is_taken() -> None:
    """Anonymous complaints count too."""
    flow, office = Complaint({"story": "白跑三趟"}), FakeOffice()
    assert "编号 CP" in flow.submit(office).replies[0].text


def test_photos_without_a_claim_lead_to_a_report() -> None:
    """No dead end."""
    flow, office = ClaimPhotos(), FakeOffice()
    flow.begin(office)
    assert flow.ready
    assert "报案" in flow.submit(office).replies[0].buttons


@pytest.mark.parametrize("staffed", [True, False])
def test_person_out_of_hours_is_a_call_back(staffed: bool) -> None:
    """A ticket stands behind the promise."""
    office = FakeOffice(staffed=staffed)
    text = Human().submit(office).replies[0].text
    assert bool(office.opened) is not staffed
    assert ("编号" in text) is not staffed


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("退订", "marketing"),
        ("推广短信别发了", "marketing"),
        ("不想接回访", "survey"),
        ("续保提醒别发了", "renewal"),
        ("TD", "marketing"),
    ],
)
def test_unsubscribing(words: str, category: str) -> None:
    """What is stopped is what was named."""
    office = FakeOffice()
    Callback(utterance=words).submit(office)
    assert office.stopped == [category]


@pytest.mark.parametrize(
    ("words", "score"),
    [
        ("5", 5),
        ("四星", 4),
        ("打两分", 2),
        ("非常满意", 5),
        ("太差了", 1),
        ("不满意", 1),
        ("挺好", 4),
        ("嗯", None),
    ],
)
def test_scores(words: str, score: int | None) -> None:
    """Figures first, then words."""
    assert score_of(words) == score


@pytest.mark.parametrize(("words", "asked"), [("隐私政策", False), ("删除我的信息", True)])
def test_privacy_request_opens_a_ticket(words: str, asked: bool) -> None:
    """Reading the notice does not."""
    office = FakeOffice()
    Privacy(utterance=words).submit(office)
    assert bool(office.opened) is asked
