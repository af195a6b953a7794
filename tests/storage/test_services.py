"""Services on policies: who may ask, what a step takes, who is told, what never happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.clock import SHANGHAI
from bot.errors import Refused
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.notices import polite
from tests.storage.services_kit import CAR, COMPULSORY, HOME, NOW, Branch, branch_on

ENDORSED: dict[str, Any] = {"document_no": "PD-1", "effective_at": NOW + timedelta(days=1)}


@pytest.fixture
def branch(database: Engine) -> Iterator[Branch]:
    """A branch with one customer, on both databases."""
    made = branch_on(database)
    yield made
    made.ways.close()


def _approved(branch: Branch, number: str, **given: Any) -> None:
    branch.all_documents(number)
    branch.move(number, "reviewing")
    branch.move(number, "approved", reason="材料齐全", **given)


def test_s20_a_change_goes_from_request_to_endorsement_and_the_customer_is_told(
    branch: Branch,
) -> None:
    """Request, documents, review, endorsement, notice; the policy counts its endorsements."""
    number = branch.ask("plate", details="改成津A88888")
    assert branch.request(number).status == "documents_due"
    _approved(branch, number)
    branch.move(number, "endorsed", plate="津A88888", **ENDORSED)
    assert branch.events(number) == [
        *("opened", "document", "reviewing", "approved", "endorsed"),
    ]
    channel, text = branch.notices()[-1]
    assert channel == "wechat"
    assert "PD-1" in text
    assert "2026-11-26 10:00" in text
    policy = next(p for p in branch.rows(Policy) if p.number == CAR)
    assert (policy.plate, policy.details["endorsements"]) == ("津A88888", 1)


def test_the_promise_counts_working_days_from_the_last_document(branch: Branch) -> None:
    """Two working days before the weekend end after it, and begin anew when all is there."""
    friday = datetime(2026, 11, 27, 9, 30, tzinfo=SHANGHAI)
    branch.now = friday
    number = branch.ask("contact")
    assert branch.request(number).due_at == datetime(2026, 12, 1, 17, 30, tzinfo=SHANGHAI)
    branch.now = friday + timedelta(days=5)
    branch.all_documents(number)
    branch.move(number, "reviewing")
    assert branch.request(number).due_at == datetime(2026, 12, 4, 17, 30, tzinfo=SHANGHAI)


def test_a_returned_change_says_why_and_goes_on(branch: Branch) -> None:
    """Without a reason nothing is returned; with one the customer reads it and it goes on."""
    number = branch.ask("contact")
    branch.all_documents(number)
    branch.move(number, "reviewing")
    with pytest.raises(Refused, match="理由"):
        branch.move(number, "returned")
    branch.move(number, "returned", reason="身份证照片看不清")
    assert "身份证照片看不清" in branch.notices()[-1][1]
    branch.move(number, "reviewing")
    view = branch.turn(lambda office: office.services(number))[0]
    assert (view.status, view.reason) == ("审核中", "")


def test_no_step_is_skipped(branch: Branch) -> None:
    """A request cannot be endorsed before it was approved, nor approved without its documents."""
    number = branch.ask("plate")
    with pytest.raises(Refused, match="不能直接到"):
        branch.move(number, "endorsed", **ENDORSED)
    branch.move(number, "reviewing")
    with pytest.raises(Refused, match="还缺：行驶证"):
        branch.move(number, "approved", reason="同意")


def test_the_same_change_is_not_opened_twice(branch: Branch) -> None:
    """The open one is found again with its number; when it is over, a new one may begin."""
    number = branch.ask("plate")
    again = branch.turn(lambda office: office.request_service("endorsement", "plate", CAR, {}))
    assert again is not None
    assert (again.number, again.fresh) == (number, False)
    branch.turn(lambda office: office.withdraw_service(number))
    assert branch.ask("plate") != number


def test_what_is_not_theirs_cannot_be_changed(branch: Branch) -> None:
    """Another customer's policy, and everything when nobody is verified, does not exist."""
    branch.customer(2, "王五")
    theirs = branch.turn(lambda o: o.request_service("paper", "copy", CAR, {}), conversation=2)
    assert theirs is None
    branch.later(days=60)
    late = branch.turn(lambda o: o.request_service("paper", "copy", CAR, {}))
    assert late is None


def test_requests_are_seen_by_their_customer_only(branch: Branch) -> None:
    """Another conversation finds neither the list nor the number."""
    number = branch.ask("plate")
    branch.customer(2, "王五")
    assert branch.turn(lambda o: list(o.services(number)), conversation=2) == []
    assert branch.turn(lambda o: o.withdraw_service(number), conversation=2) is None
    assert [v.number for v in branch.turn(lambda o: o.services())] == [number]


def test_v3_changes_need_a_colleague_who_saw_the_person(branch: Branch) -> None:
    """A new phone is not approved before the identity check is written down (domain.md 5.7)."""
    number = branch.ask("phone", details="13800000002")
    branch.all_documents(number)
    branch.move(number, "reviewing")
    with pytest.raises(Refused, match="「怎么核实的本人」"):
        branch.move(number, "approved", reason="同意")
    branch.move(number, "approved", reason="同意", identity_check="video")
    branch.move(number, "endorsed", phone="13800000002", **ENDORSED)
    old = [text for channel, text in branch.notices() if channel == "sms"]
    assert "不是您本人办的" in old[0]
    customer = branch.rows(Customer)[0]
    assert customer.phone == "13800000002"
    assert customer.phone_blind == branch.cipher.blind("13800000002")


def test_a_new_phone_holds_a_surrender_back_for_a_day(branch: Branch) -> None:
    """Within 24 hours after the phone changed, no surrender is approved."""
    phone = branch.ask("phone")
    _approved(branch, phone, identity_check="video")
    branch.move(phone, "endorsed", phone="13800000002", **ENDORSED)
    number = branch.ask("surrender", HOME)
    with pytest.raises(Refused, match="24 小时"):
        _approved(branch, number, identity_check="counter")
    branch.later(hours=25)
    branch.move(number, "approved", reason="同意", identity_check="counter")


def test_cover_is_never_added_backwards(branch: Branch) -> None:
    """An endorsement that adds cover does not begin before it is made."""
    number = branch.ask("add_cover")
    _approved(branch, number)
    with pytest.raises(Refused, match="不能追溯"):
        branch.move(number, "endorsed", document_no="PD-2", effective_at=NOW - timedelta(days=2))


def test_the_period_of_a_running_policy_stays(branch: Branch) -> None:
    """Only a policy that has not begun can begin on another day."""
    number = branch.ask("period")
    _approved(branch, number)
    with pytest.raises(Refused, match="已经起保"):
        branch.move(number, "endorsed", **ENDORSED)


def test_compulsory_cover_is_surrendered_on_three_grounds_only(branch: Branch) -> None:
    """CTPL 16: deregistered, taken off the road, or stolen by the word of the police."""
    number = branch.ask("surrender", COMPULSORY, ground="sold")
    with pytest.raises(Refused, match="三种情形"):
        _approved(branch, number, identity_check="counter")
    branch.move(number, "approved", reason="注销证明", identity_check="counter", ground="lost")
    branch.move(number, "endorsed", **ENDORSED)
    policy = next(p for p in branch.rows(Policy) if p.number == COMPULSORY)
    assert policy.status == "退保"


def test_a_refund_goes_to_the_policyholder_only(branch: Branch) -> None:
    """Not to an agent's account, not without the tail, and not where nothing is paid back."""
    number = branch.ask("surrender", HOME)
    _approved(branch, number, identity_check="two_people")
    branch.move(number, "endorsed", **ENDORSED)
    refund = {"way": "account", "account_holder": "业务员小李", "account_tail": "1234"}
    with pytest.raises(Refused, match="本人"):
        branch.move(number, "refunded", refund=refund)
    with pytest.raises(Refused, match="尾号"):
        branch.move(number, "refunded", refund={"way": "account", "account_holder": "白露"})
    branch.move(number, "refunded", refund={**refund, "account_holder": "白露"})
    plate = branch.ask("plate")
    _approved(branch, plate)
    branch.move(plate, "endorsed", plate="津A88888", **ENDORSED)
    with pytest.raises(Refused, match="不涉及退款"):
        branch.move(plate, "refunded", refund={"way": "original"})


def test_photos_begin_the_review_when_there_are_enough(branch: Branch) -> None:
    """Sent with the request or later; another conversation's photos never count."""
    branch.customer(2, "王五")
    strange = branch.photo(2)
    number = branch.ask("plate", photos=[strange])
    assert branch.request(number).status == "documents_due"
    assert branch.turn(lambda o: o.service_for_photos()) == number
    branch.photo()
    assert branch.turn(lambda o: o.attach_service_photos(number)) == 1
    assert branch.request(number).status == "reviewing"


def test_s14_a_paper_copy_is_posted_or_fetched_and_its_state_is_known(branch: Branch) -> None:
    """Requested, printed, posted with a number, received; each step of the way is kept (S12)."""
    number = branch.ask("copy", family="paper", way="post", address="南开区某路 1 号")
    branch.move(number, "printed")
    with pytest.raises(Refused, match="快递单号"):
        branch.move(number, "posted")
    branch.move(number, "posted", tracking_no="SF123456")
    assert "SF123456" in branch.notices()[-1][1]
    view = branch.turn(lambda o: o.services(number))[0]
    assert (view.status, view.track) == ("已寄出", "SF123456")
    branch.move(number, "received")
    assert branch.deliveries() == [("post", "posted"), ("post", "received")]


def test_an_invoice_is_issued_and_can_be_given_back(branch: Branch) -> None:
    """Issued under its number; the customer hears of it."""
    number = branch.ask("issue", family="invoice", title="某某公司", tax_no="91120101MA0000001C")
    branch.move(number, "issued", document_no="INV-9")
    assert "INV-9" in branch.notices()[-1][1]
    assert branch.request(number).facts["tax_no"] == "91120101MA0000001C"


def test_a_notice_stands_in_the_conversation_and_waits_for_the_morning(branch: Branch) -> None:
    """At night it is written down at once and sent at five past eight."""
    number = branch.ask("contact")
    branch.later(hours=12)
    branch.all_documents(number)
    branch.move(number, "reviewing")
    branch.move(number, "returned", reason="看不清")
    item = branch.rows(OutboxItem)[-1]
    assert item.due_at == (NOW + timedelta(days=1)).replace(hour=8, minute=5)
    assert branch.rows(Message)[-1].body["text"] == item.body["text"]
    assert branch.rows(Conversation)[0].last_seq == 1


def test_who_left_the_channel_is_told_by_short_message(branch: Branch) -> None:
    """An unsubscribed customer still hears that a change was refused."""

    def leave(office: Any) -> None:
        office.uow.conversations.set_subscribed(office.conversation, subscribed=False)

    number = branch.ask("contact")
    branch.turn(leave)
    branch.move(number, "declined", reason="不是投保人本人")
    channel, text = branch.notices()[-1]
    assert channel == "sms"
    assert "不是投保人本人" in text


def test_customers_take_only_their_own_steps(branch: Branch) -> None:
    """Withdrawing is theirs; what is over cannot be withdrawn."""
    number = branch.ask("contact")
    view = branch.turn(lambda o: o.withdraw_service(number))
    assert view is not None
    assert view.over
    assert branch.turn(lambda o: o.withdraw_service(number)) is None
    assert branch.notices() == []


def test_nobody_is_disturbed_at_night() -> None:
    """From nine in the evening to eight in the morning a notice waits."""
    evening = NOW.replace(hour=22)
    assert polite(NOW) == NOW
    assert polite(evening) == (NOW + timedelta(days=1)).replace(hour=8, minute=5)
    assert polite(NOW.replace(hour=3)) == NOW.replace(hour=8, minute=5)


@pytest.mark.parametrize(("kind", "level"), [("plate", {}), ("phone", {"identity_check": "video"})])
def test_no_endorsement_without_the_new_value(
    branch: Branch, kind: str, level: dict[str, str]
) -> None:
    """Nobody is told that it is done while the policy still says the old."""
    number = branch.ask(kind)
    _approved(branch, number, **level)
    with pytest.raises(Refused, match="写明「新"):
        branch.move(number, "endorsed", **ENDORSED)
    assert branch.request(number).status == "approved"
