"""Opening and amending cases, their histories, and doing it once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from storage.models.case import CaseEvent, Claim, Complaint, Ticket
from storage.models.staff import IdempotentRequest
from tests.bot.api.kit import Branch
from tests.bot.api.rows import PHONE, claim, conversation

CLAIM = {
    "line": "auto",
    "happened_at": "2026-11-22T08:00:00+08:00",
    "place": "南开区卫津路",
    "plate": "津a·12345",
    "injured": False,
    "phone": "138 0000 0000",
    "accident_type": "rear_end",
    "reporter_relation": "self",
    "story": "追尾了",
}


def test_a_clerk_opens_a_claim(office: Branch) -> None:
    """Slots are normalised and at top level; what was not said is absent."""
    office.add(conversation(1))
    header = office.token("agent", "坐席")
    complete = {"drivable": True, "police_reported": False, "reporter_relation": "self"}
    body = CLAIM | complete | {"conversation": 1, "policy_number": "TATJ1"}
    answer = office.client.post("/v1/claims", json=body, headers=header)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/claims/{made['number']}"
    assert made["number"] == "CL20261122000001"
    assert (made["plate"], made["phone"], made["injured"]) == ("津A12345", PHONE, False)
    assert made["happened_at"] == "2026-11-22T08:00:00+08:00"
    assert (made["status"], made["status_label"]) == ("contact_due", "待首次联系")
    assert (made["policy_number"], made["conversation"]) == ("TATJ1", 1)
    assert "other_plate" not in made
    assert [(e["kind"], e["actor"]) for e in made["history"]] == [("reported", "api:坐席")]
    stored = office.all(Claim)[0]
    assert stored.phone_blind == office.parts.cipher.blind(PHONE)
    path = answer.headers["location"].removeprefix("/api")
    assert office.client.get(path, headers=header).json() == made


def test_an_empty_claim_is_not_refused_and_an_injury_is_urgent(office: Branch) -> None:
    """Nothing is mandatory; injured people make it P0."""
    header = office.token("claims")
    empty = office.client.post("/v1/claims", json={}, headers=header).json()
    assert (empty["line"], empty["severity"]) == ("auto", "normal")
    urgent = office.client.post("/v1/claims", json={"injured": True}, headers=header).json()
    assert urgent["severity"] == "P0"
    assert "5 分钟" in urgent["next_step"]


def test_amending_keeps_what_was(office: Branch) -> None:
    """PATCH changes what is sent; null takes a fact back; the history has both states."""
    office.add(claim(1))
    header = office.token("claims")
    path = "/v1/claims/CL20261122000001"
    body = {"plate": "津AD12345", "story": None, "injured": True, "policy_number": "TATJ9"}
    answer = office.client.patch(path, json=body, headers=header)
    now = answer.json()
    assert answer.status_code == 200, answer.text
    assert (now["plate"], now["severity"], now["policy_number"]) == ("津AD12345", "P0", "TATJ9")
    assert "story" not in now
    assert now["phone"] == PHONE
    # Somebody is hurt after all: that is a happening of its own.
    event, hurt = now["history"][-2:]
    assert (event["kind"], hurt["kind"]) == ("amended", "hurt")
    assert event["data"]["before"] == {
        "plate": "津A12345",
        "story": "追尾了",
        "injured": False,
        "policy_number": None,
    }
    assert event["data"]["after"]["plate"] == "津AD12345"
    again = office.client.patch(path, json={"plate": "津AD12345"}, headers=header).json()
    assert len(again["history"]) == len(now["history"])
    assert office.client.patch(path, json={"status": "paid"}, headers=header).status_code == 422


def test_notes_are_added_to_claims_and_complaints(office: Branch) -> None:
    """A note has an author and a text, and an unknown case none."""
    office.add(claim(1))
    header = office.token("supervisor", "主管")
    client = office.client
    filed = client.post("/v1/complaints", json={"story": "态度不好"}, headers=header).json()
    for path in ("/v1/claims/CL20261122000001", f"/v1/complaints/{filed['number']}"):
        note = client.post(f"{path}/notes", json={"text": " 已致电 "}, headers=header)
        assert note.status_code == 201
        last = client.get(path, headers=header).json()["history"][-1]
        assert last == note.json()
        assert (last["actor"], last["data"]) == ("api:主管", {"note": "已致电"})
    lost = client.post("/v1/claims/CL20261122999999/notes", json={"text": "x"}, headers=header)
    assert lost.status_code == 404


def test_a_complaint_gets_severity_category_and_legal_date(office: Branch) -> None:
    """From its words and its day, by the table and the configured days."""
    header = office.token("complaints")
    body = {"story": "定损太慢，我要打 12378", "phone": PHONE, "reporter": "李四"}
    made = office.client.post("/v1/complaints", json=body, headers=header).json()
    assert made["number"] == "CP20261122000001"
    assert (made["severity"], made["category"]) == ("P1", "理赔")
    assert made["due_on"] == "2026-12-07"
    assert (made["phone"], made["reporter"], made["channel"]) == (PHONE, "李四", "phone")
    path = f"/v1/complaints/{made['number']}"
    assert office.client.get(path, headers=header).json() == made
    listed = office.client.get("/v1/complaints?severity=P1", headers=header).json()["items"]
    assert [item["number"] for item in listed] == [made["number"]]


def test_a_ticket_is_opened_and_moved_on(office: Branch) -> None:
    """Due two hours after the desk opens; each status is in the history once."""
    header = office.token("agent")
    body = {"kind": "callback", "phone": PHONE, "note": "下午回电"}
    made = office.client.post("/v1/tickets", json=body, headers=header).json()
    assert made["due_at"] == "2026-11-22T11:30:00+08:00"
    assert made["facts"] == {"phone": PHONE, "note": "下午回电"}
    path = f"/v1/tickets/{made['number']}"
    for _ in range(2):
        done = office.client.patch(path, json={"status": "done"}, headers=header).json()
    assert done["status"] == "done"
    assert [event["kind"] for event in done["history"]] == ["opened", "done"]
    wrong = office.client.patch(path, json={"status": "overdue"}, headers=header)
    assert wrong.status_code == 422


def test_the_same_key_and_request_have_one_effect(office: Branch) -> None:
    """The stored answer comes back byte for byte, and it is not stored in the clear."""
    header = office.token("agent") | {"Idempotency-Key": "call-1"}
    first = office.client.post("/v1/claims", json=CLAIM, headers=header)
    again = office.client.post("/v1/claims", json=dict(reversed(CLAIM.items())), headers=header)
    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len(office.all(Claim)) == 1
    assert PHONE not in office.all(IdempotentRequest)[0].response


def test_the_same_key_for_something_else_is_refused(office: Branch) -> None:
    """Another body or another address: 422. Another caller's key is another key."""
    header = office.token("admin") | {"Idempotency-Key": "k"}
    office.client.post("/v1/claims", json=CLAIM, headers=header)
    for path, body in (("/v1/claims", {}), ("/v1/tickets", {"kind": "callback"})):
        answer = office.client.post(path, json=body, headers=header)
        assert answer.status_code == 422
        assert answer.json()["code"] == "key_reused"
    other = office.token("agent") | {"Idempotency-Key": "k"}
    assert office.client.post("/v1/claims", json={}, headers=other).status_code == 201
    assert len(office.all(Claim)) == 2


def test_a_refused_request_leaves_its_key_free(office: Branch) -> None:
    """The correction of a mistake may use the same key."""
    header = office.token("agent") | {"Idempotency-Key": "k"}
    wrong = {"story": "慢", "conversation": 99}
    assert office.client.post("/v1/complaints", json=wrong, headers=header).status_code == 422
    right = {"story": "慢"}
    assert office.client.post("/v1/complaints", json=right, headers=header).status_code == 201


@pytest.mark.parametrize(
    ("path", "body", "model"),
    [
        ("/v1/claims", CLAIM, Claim),
        ("/v1/complaints", {"story": "慢"}, Complaint),
        ("/v1/tickets", {"kind": "callback"}, Ticket),
    ],
)
def test_concurrent_duplicates_have_one_effect(
    office: Branch, path: str, body: dict[str, Any], model: type[Any]
) -> None:
    """Eight threads, one key: one case, eight equal answers."""
    header = office.token("agent") | {"Idempotency-Key": "together"}

    def post(_: int) -> tuple[int, bytes]:
        answer = office.client.post(path, json=body, headers=header)
        return answer.status_code, answer.content

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(post, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert len(office.all(model)) == 1
    assert len(office.all(CaseEvent)) == 1
