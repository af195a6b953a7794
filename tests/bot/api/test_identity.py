"""The branch's side of identity: who is bound, V3 by a colleague, unbinding and unlocking."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from storage.crypto import Cipher
from storage.models.conversation import Conversation
from storage.models.customer import VerificationFailure
from storage.models.identity import AccessGrant, Consent, IdentityBinding, StaffCheck
from tests.bot.api import rows
from tests.bot.api.kit import NOW, Branch
from tests.bot.api.rows import PHONE

WHY = {"reason": "客户来电说手机丢了"}


@pytest.fixture
def bound(office: Branch) -> Branch:
    """A branch with one bound customer who granted and consented."""
    customer = rows.customer(office.parts.cipher)
    office.add(customer)
    until = NOW + timedelta(hours=1)
    office.add(rows.conversation(customer_id=customer.id, verified_until=until))
    office.add(
        IdentityBinding(conversation_id=1, customer_id=customer.id, method="m", bound_at=NOW),
        Consent(
            conversation_id=1, code="identity", version="1", given=True, how="chat", at=NOW
        ),
        grant(office.parts.cipher, customer.id),
    )  # fmt: skip
    return office


def grant(cipher: Cipher, customer: int) -> AccessGrant:
    """Return a running grant to somebody."""
    return AccessGrant(
        number="AU20261122000001", customer_id=customer, conversation_id=1,
        grantee_name="李四方", grantee_phone="13700001234", grantee_blind=cipher.blind("x"),
        relation="family", scope="view", code_hash="h", given_at=NOW,
        expires_at=NOW + timedelta(days=3),
    )  # fmt: skip


REF = "DEMO-P001"
_labels = count()


def post(office: Branch, what: str, body: dict[str, Any], role: str = "agent") -> Any:
    """POST as a role."""
    header = office.token(role, f"{what}{next(_labels)}")
    return office.client.post(f"/v1/customers/{REF}/{what}", json=body, headers=header)


def test_bindings_grants_and_consents_are_shown_masked_and_recorded(bound: Branch) -> None:
    """Names, phones and session keys stay hidden; that it was looked at does not."""
    answer = bound.client.get(f"/v1/customers/{REF}/identity", headers=bound.token("agent", "see"))
    assert answer.status_code == 200
    body = answer.json()
    assert body["grants"][0]["name"] == "李**"
    assert body["grants"][0]["phone"] == "137****1234"
    assert body["bindings"][0]["peer"] == "****"
    assert body["consents"][0]["code"] == "identity"
    assert "13700001234" not in answer.text
    assert "secret-session" not in answer.text
    assert any(what.startswith("identity of") for _, what in bound.seen())


@pytest.mark.parametrize("role", ["claims", "sales", "trainer"])
def test_only_agents_and_their_leads_may_change_it(bound: Branch, role: str) -> None:
    """Everybody else is refused."""
    for what in ("unbind", "unlock"):
        assert post(bound, what, WHY, role).status_code == 403


def test_a_check_of_two_persons_needs_two(bound: Branch) -> None:
    """One name, or a name where none belongs, is refused."""
    said = {"conversation": 1, "method": "two_persons", "reason": "改手机号"}
    assert post(bound, "checks", said).status_code == 422
    assert post(bound, "checks", {**said, "method": "video", "second": "乙"}).status_code == 422
    assert post(bound, "checks", {**said, "second": "主管乙"}).status_code == 201
    check = bound.all(StaffCheck)[0]
    assert (check.method, check.second) == ("two_persons", "主管乙")
    assert check.expires_at > NOW


def test_a_check_is_only_for_who_is_bound(bound: Branch) -> None:
    """A colleague cannot lift a stranger's conversation to somebody's V3."""
    bound.add(rows.conversation(2))
    said = {"conversation": 2, "method": "video", "reason": "改手机号"}
    assert post(bound, "checks", said).status_code == 409
    assert bound.all(StaffCheck) == []


def test_unbinding_by_staff_ends_everything_at_once(bound: Branch) -> None:
    """The lost phone sees nothing any more, and a check of V3 is over, too."""
    post(bound, "checks", {"conversation": 1, "method": "video", "reason": "改手机号"})
    assert post(bound, "unbind", WHY).json() == {"ended": 1}
    conversation = bound.all(Conversation)[0]
    assert (conversation.customer_id, conversation.verified_until) == (None, None)
    assert bound.all(IdentityBinding)[0].ended_by == "staff"
    assert bound.all(StaffCheck)[0].expires_at == NOW


def test_unlocking_forgives_the_failures_of_this_person_only(bound: Branch) -> None:
    """The human way out of a lock; others stay locked."""
    blind = bound.parts.cipher.blind
    bound.add(
        *(VerificationFailure(conversation_id=1, phone_blind=blind(PHONE), at=NOW) for _ in "abc"),
        VerificationFailure(conversation_id=1, phone_blind=blind("13900009999"), at=NOW),
    )
    assert post(bound, "unlock", WHY).json() == {"ended": 3}
    assert len(bound.all(VerificationFailure)) == 1


def test_every_change_wants_a_reason(bound: Branch) -> None:
    """Without one nothing happens."""
    for what in ("unbind", "unlock"):
        assert post(bound, what, {}).status_code == 422
    assert bound.all(Conversation)[0].customer_id is not None
