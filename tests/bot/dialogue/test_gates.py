"""The gate: put before a flow that needs a proof, gone when it is passed, back to the question."""

from __future__ import annotations

import pytest

from bot.back_office import BackOffice
from bot.desks.identity import Assurance
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
from intents.consent import AskConsent
from intents.verify import Verify
from tests.bot.dialogue.talk import CallMe, Talk
from tests.fakes import CODE, FakeOffice


class Move(Flow):
    """Change what needs a proof only once it is known what."""

    name = "move"
    title = "变更"
    taps = ("办变更",)
    needs: Assurance = "V2"

    plate = Slot(plate, label="车牌号", ask="车牌号？")

    @property
    def confirm(self) -> bool:
        """No card: the proof is what this is about."""
        return False

    @property
    def requires(self) -> Assurance:
        """Ask late: only when everything is known."""
        return self.needs if self.plate else "V0"

    def submit(self, office: BackOffice) -> Outcome:
        """Say that it is done."""
        return Outcome.say(f"变更完成 {office.level} {self.kept.get('staff_check', '')}")


class BigMove(Move):
    """Needs a colleague's check as well."""

    name = "big_move"
    title = "大变更"
    taps = ("办大变更",)
    needs = "V3"

    plate = Slot(plate, label="车牌号", ask="车牌号？")


class Pay(Move):
    """Needs a separate consent, and a proof after it."""

    name = "pay_out"
    title = "收款"
    taps = ("办收款",)

    plate = Slot(plate, label="车牌号", ask="车牌号？")

    @property
    def needs_consent(self) -> str:
        """Ask for it when the form is filled."""
        return "bank_account" if self.plate else ""


class Look(Move):
    """Needs a proved phone only."""

    name = "look"
    title = "看一眼"
    taps = ("看一眼",)
    needs = "V1"

    plate = Slot(plate, label="车牌号", ask="车牌号？")


def talk(office: FakeOffice | None = None) -> Talk:
    """Return a conversation in which these flows exist."""
    return Talk(
        office=office or FakeOffice(), flows=(Move, BigMove, Look, Pay, CallMe, Verify, AskConsent)
    )


def test_proof_is_asked_for_when_it_is_needed_and_not_before() -> None:
    """First the form, then the gate, then by itself what was wanted."""
    said = talk()
    assert "车牌号" in said.say("办变更")
    assert "手机号" in said.say("津A12345")
    said.say("13920116628")
    said.say(CODE)
    assert "变更完成 V2" in said.say("124421")
    assert said.state.stack == ()


def test_who_is_known_already_passes_unasked() -> None:
    """No proof is asked for twice."""
    said = talk(FakeOffice(verified=True))
    said.say("办变更")
    assert "变更完成 V2" in said.say("津A12345")


def test_a_phone_is_enough_where_that_is_all_that_is_needed() -> None:
    """Level V1 asks for no document."""
    said = talk()
    said.say("看一眼")
    said.say("津A12345")
    said.say("13920116628")
    assert "变更完成 V1" in said.say(CODE)


def test_bound_login_needs_the_document_only() -> None:
    """The channel vouches for the phone's owner."""
    said = talk(FakeOffice(known_login=True))
    said.say("办变更")
    assert "后六位" in said.say("津A12345")
    assert "变更完成 V2" in said.say("124421")


def test_third_level_books_a_colleague_and_goes_on() -> None:
    """Nobody is stuck: the flow files what a colleague will finish."""
    office = FakeOffice()
    said = talk(office)
    for words in ("办大变更", "津A12345", "13920116628", CODE):
        said.say(words)
    answer = said.say("124421")
    assert "当面或视频" in answer
    assert "变更完成 V2 TK" in answer
    assert office.checks == ["big_move"]


def test_cancelling_at_the_gate_cancels_what_is_behind_it() -> None:
    """The form is kept as a draft, and the gate comes again with it."""
    said = talk()
    said.say("办变更")
    said.say("津A12345")
    assert "变更先放下" in said.say("取消")
    assert said.state.stack == ()
    assert "手机号" in said.say("继续")


def test_lock_out_leaves_nothing_open() -> None:
    """After three failures a person goes on, and no question is left standing."""
    office = FakeOffice()
    said = talk(office)
    for words in ("办变更", "津A12345", "13920116628", CODE, "111111", "222222"):
        said.say(words)
    assert "分钟后才能再试" in said.say("333333")
    assert said.state.stack == ()
    assert office.handoffs[0][0] == "P1"


@pytest.mark.parametrize("words", ["办变更", "打个岔"])
def test_another_flow_in_between_does_not_lose_the_gate(words: str) -> None:
    """A second wish is served, then the gate is there again, once."""
    said = talk()
    said.say("办变更")
    said.say("津A12345")
    said.say("给我回电")
    said.say("取消")
    said.say(words)
    assert [frame.flow for frame in said.state.stack] == ["move", "verify"]


def test_consent_is_asked_for_once_and_before_the_proof() -> None:
    """The text with its version comes first; whoever agreed is not asked again."""
    office = FakeOffice(verified=True)
    said = talk(office)
    said.say("办收款")
    asked = said.say("津A12345")
    assert "【bank_account】（版本 1）" in asked
    assert "您同意吗" in asked
    assert "变更完成" in said.say("同意")
    assert office.agreed == {"bank_account": "chat"}
    said.say("办收款")
    assert "变更完成" in said.say("津A12345")


def test_whoever_does_not_agree_loses_nothing_else() -> None:
    """Nothing is recorded, the form is put aside, and another way is named."""
    office = FakeOffice(verified=True)
    said = talk(office)
    said.say("办收款")
    said.say("津A12345")
    answer = said.say("不同意")
    assert "其他服务不受影响" in answer
    assert office.agreed == {}
    assert said.state.stack == ()


def test_a_contact_phone_is_no_proved_phone() -> None:
    """What another form holds under the same name must not pass for a phone with a code."""
    office = FakeOffice()
    said = Talk(office=office, flows=(Contact, Verify))
    said.say("留电话")
    assert "投保时留的手机号" in said.say("13920116628")


class Contact(Flow):
    """Has a phone of its own, which nobody proved."""

    name = "contact"
    title = "留电话"
    taps = ("留电话",)

    phone = Slot(phone, label="联系电话", ask="电话？")

    @property
    def requires(self) -> Assurance:
        """Ask when the phone is known."""
        return "V2" if self.phone else "V0"

    def submit(self, office: BackOffice) -> Outcome:
        """Say nothing much."""
        return Outcome.say("好")
