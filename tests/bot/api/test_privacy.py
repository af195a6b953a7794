"""Requests about personal data over the API: the lead only, after a check, told why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.models.audit import AuditEntry
from storage.models.case import CaseEvent
from storage.models.customer import AccessLog
from storage.models.identity import StaffCheck
from tests.bot.api.kit import NOW, Branch
from tests.storage.personal.people import Somebody

CHECK = {"how": "video", "checked_by": "李主管"}
URL = "/v1/privacy"


@pytest.fixture
def person(office: Branch) -> Somebody:
    """Somebody with rows in every table."""
    made = Somebody(office.parts.cipher, 1)
    office.transactions.run(lambda uow: made.settle(uow.session))
    return made


def test_export_and_erase(office: Branch, person: Somebody) -> None:
    """Open, see in the list, export, erase; erasing a second time is refused with the reason."""
    as_lead = office.token("supervisor")
    for kind, step in (("privacy_export", "export"), ("privacy_erase", "erasure")):
        body = {"kind": kind, "customer": "REF1"}
        made = office.client.post(URL, json=body, headers=as_lead)
        assert made.status_code == 201
        number = made.json()["number"]
        listed = office.client.get(URL, headers=as_lead).json()
        assert number in [item["number"] for item in listed]
        done = office.client.post(f"{URL}/{number}/{step}", json=CHECK, headers=as_lead)
        assert done.status_code == 200
        if step == "export":
            assert person.phone in done.text
        again = office.client.post(f"{URL}/{number}/{step}", json=CHECK, headers=as_lead)
        if step == "export":  # lost on its way: while the check holds, it is had again
            assert (again.status_code, person.phone in again.text) == (200, True)
        else:
            assert (again.status_code, "已经办完" in again.json()["detail"]) == (409, True)
    assert done.json()["partly"] is False


def test_a_correction(office: Branch, person: Somebody) -> None:
    """A wrong value is refused in a sentence; a right one ends the request."""
    as_lead = office.token("admin")
    body = {"kind": "privacy_correct", "customer": "REF1"}
    number = office.client.post(URL, json=body, headers=as_lead).json()["number"]
    for value, status in (("1", 409), ("13800000798", 204)):
        said = CHECK | {"field": "phone", "value": value}
        done = office.client.post(f"{URL}/{number}/correction", json=said, headers=as_lead)
        assert done.status_code == status


@pytest.mark.parametrize("role", ["agent", "claims", "sales", "trainer"])
def test_others_may_not(office: Branch, role: str) -> None:
    """Whole persons are taken out or away by those who answer for it."""
    assert office.client.get(URL, headers=office.token(role)).status_code == 403


def test_no_check_no_copy(office: Branch, person: Somebody) -> None:
    """How the person was checked must be one of three ways."""
    as_lead = office.token("supervisor")
    body = {"kind": "privacy_export", "customer": "REF1"}
    number = office.client.post(URL, json=body, headers=as_lead).json()["number"]
    said = {"how": "he said so", "checked_by": "李"}
    done = office.client.post(f"{URL}/{number}/export", json=said, headers=as_lead)
    assert done.status_code == 422
    assert person.phone not in done.text


@pytest.mark.parametrize(
    ("kind", "step", "more", "what"),
    [
        ("privacy_export", "export", {}, "export of all personal data"),
        ("privacy_erase", "erasure", {}, "erasure of personal data"),
        ("privacy_correct", "correction", {"field": "name", "value": "李四"}, "correction of name"),
    ],
)
def test_the_log_names_the_program_not_who_saw_the_person(
    office: Branch, person: Somebody, kind: str, step: str, more: dict[str, str], what: str
) -> None:
    """A colleague's check on record is honoured; the deed is the token's."""
    who = person.keys
    office.add(
        StaffCheck(
            conversation_id=who["conversation"], customer_id=who["customer"], method="video",
            checked_by="王敏", second=None, reason="视频", at=NOW,
            expires_at=NOW + timedelta(hours=1),
        )
    )  # fmt: skip
    desk = office.token("supervisor", "门户")
    body = {"kind": kind, "customer": "REF1"}
    number = office.client.post(URL, json=body, headers=desk).json()["number"]
    done = office.client.post(f"{URL}/{number}/{step}", json=more, headers=desk)
    assert done.status_code in (200, 204)
    (entry,) = [row for row in office.all(AccessLog) if row.actor == "api:门户"]
    if kind != "privacy_erase":  # whoever is erased is gone from the log's words too
        assert entry.what == what
        assert "视频核验，王敏" in entry.reason
    assert not [row for row in office.all(AuditEntry) if "王敏" in row.actor]
    events = [row for row in office.all(CaseEvent) if row.case_number == number]
    assert {row.actor for row in events} == {"api:门户"}


def test_the_same_registration_sent_again_opens_nothing(office: Branch, person: Somebody) -> None:
    """One Idempotency-Key, one request; for another one the key is refused."""
    header = office.token("supervisor") | {"Idempotency-Key": "counter-1"}
    body = {"kind": "privacy_export", "customer": "REF1"}
    first, again = (office.client.post(URL, json=body, headers=header) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = office.client.post(URL, json=body | {"kind": "privacy_erase"}, headers=header)
    assert other.status_code == 422
    assert len(office.client.get(URL, headers=header).json()) == 1
