"""Joining customer records over the API: compared, joined once, parted; and who may."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from storage.crypto import Cipher
from tests.bot.api.conftest import SECRET
from tests.bot.api.kit import Branch
from tests.storage.joins_kit import settle

_labels = count()


@pytest.fixture
def two(office: Branch) -> Branch:
    """A branch with one person under two records."""
    office.transactions.run(lambda uow: settle(uow.session, Cipher(SECRET)))
    return office


def _post(two: Branch, path: str, body: dict[str, Any], role: str = "supervisor") -> Any:
    header = two.token(role, f"{next(_labels)}")
    return two.client.post(f"/v1/customers/{path}", json=body, headers=header)


def _get(two: Branch, path: str, role: str = "supervisor") -> Any:
    return two.client.get(f"/v1/customers/{path}", headers=two.token(role, f"{next(_labels)}"))


def _wish(two: Branch) -> dict[str, Any]:
    compared = _get(two, "c1/joins?other=c2").json()["comparison"]
    assert (compared["same_name"], compared["same_phone"]) == (True, False)
    return {"other": "c2", "reason": "paper", "words": "证件相同", "seen": compared["seen"]}


def test_records_are_compared_joined_and_parted(two: Branch) -> None:
    """Each view is on record; the joined policy is the kept one's until they are parted."""
    made = _post(two, "c1/joins", _wish(two))
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["kept"], body["away"], body["moved"]["policy"]) == ("c1", "c2", 1)
    assert [j["id"] for j in _get(two, "c2/joins").json()["joins"]] == [body["id"]]
    parted = _post(two, f"c1/joins/{body['id']}/part", {"words": "并错了，不是同一人"})
    assert parted.status_code == 201
    assert parted.json()["undone_by"]
    assert _get(two, "c1/joins").json()["joins"] == []


def test_an_old_view_and_a_second_press_are_conflicts(two: Branch) -> None:
    """What was compared must stand still; what is joined is joined once."""
    wish = _wish(two)
    old = _post(two, "c1/joins", {**wish, "seen": "old"})
    assert (old.status_code, old.json()["code"]) == (409, "conflict")
    assert _post(two, "c1/joins", wish).status_code == 201
    assert _post(two, "c1/joins", wish).status_code == 409
    assert _post(two, "c1/joins/77/part", {"words": "并错了，不是"}).status_code == 404
    assert _get(two, "c1/joins?other=nobody").status_code == 404


@pytest.mark.parametrize("role", ["agent", "claims", "sales", "trainer"])
def test_only_who_may_joins(two: Branch, role: str) -> None:
    """Reading customers is not enough."""
    assert _get(two, "c1/joins", role).status_code == 403
    wish = {"other": "c2", "reason": "paper", "words": "证件相同", "seen": "x"}
    assert _post(two, "c1/joins", wish, role).status_code == 403
