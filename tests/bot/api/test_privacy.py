"""Requests about personal data over the API: the lead only, after a check, told why."""

from __future__ import annotations

import pytest

from tests.bot.api.kit import Branch
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
    """Open, see in the list, export, erase; a second time is refused with the reason."""
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
