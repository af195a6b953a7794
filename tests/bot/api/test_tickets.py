"""/v1/tickets: queues, clocks, hand-over, reopening, who sees what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.bot.api.kit import NOW, Branch
from tests.bot.api.rows import PHONE, conversation, ticket


def _open(office: Branch, header: dict[str, str], **body: Any) -> dict[str, Any]:
    made = office.client.post("/v1/tickets", json=body, headers=header)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def test_a_question_to_an_expert_with_a_promised_time(office: Branch) -> None:
    """S31: whose it is, by when, why, and the customer hears the answer."""
    office.add(conversation(1))
    agent = office.token("agent")
    made = _open(office, agent, kind="question", note="指定修理厂", conversation=1)
    assert (made["queue"], made["due_at"]) == ("service", "2026-11-23T17:30:00+08:00")
    assert "1 个工作日" in made["due_reason"]
    path = f"/v1/tickets/{made['number']}"
    over = {"queue": "underwriting", "reason": "问的是承保"}
    assert office.client.post(f"{path}/handover", json=over, headers=agent).status_code == 201
    expert = office.token("underwriting")
    listed = office.client.get("/v1/tickets?queue=underwriting", headers=expert).json()["items"]
    assert [item["number"] for item in listed] == [made["number"]]
    assert office.client.patch(path, json={"status": "done"}, headers=expert).status_code == 409
    done = {"status": "done", "reply": "可以自己选。"}
    assert office.client.patch(path, json=done, headers=expert).json()["status"] == "done"
    notices = office.client.get("/v1/notifications", headers=agent).json()["items"]
    assert [notice["kind"] for notice in notices] == ["ticket_reply"]
    again = office.client.post(f"{path}/reopen", json={"reason": "没说清"}, headers=agent).json()
    assert (again["status"], again["history"][-1]["kind"]) == ("new", "reopened")


def test_a_named_time_must_come(office: Branch) -> None:
    """A promise lies ahead; it may be changed with a reason."""
    agent = office.token("agent")
    past = {"kind": "callback", "promised_at": NOW.isoformat()}
    assert office.client.post("/v1/tickets", json=past, headers=agent).status_code == 422
    at = (NOW + timedelta(hours=5)).isoformat()
    made = _open(office, agent, kind="callback", promised_at=at)
    assert made["due_at"] == "2026-11-22T14:30:00+08:00"
    later = {"promised_at": (NOW + timedelta(days=1)).isoformat(), "reason": "改约"}
    path = f"/v1/tickets/{made['number']}/promise"
    moved = office.client.post(path, json=later, headers=agent).json()
    assert moved["due_at"] == "2026-11-23T09:30:00+08:00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "wish"}, "body.kind"),
        ({"kind": "callback", "queue": "kitchen"}, "body.queue"),
        ({"kind": "callback", "about": "x"}, "body.about"),
    ],
)
def test_what_no_table_knows_is_refused(office: Branch, body: dict[str, str], field: str) -> None:
    """The problem names the field and what may stand there."""
    answer = office.client.post("/v1/tickets", json=body, headers=office.token("agent"))
    assert answer.status_code == 422
    assert field in answer.text


def test_a_hand_over_needs_somebody(office: Branch) -> None:
    """Neither queue nor owner is no hand-over; notes are kept."""
    agent = office.token("agent")
    path = f"/v1/tickets/{_open(office, agent, kind='callback')['number']}"
    nobody = office.client.post(f"{path}/handover", json={"reason": "忙"}, headers=agent)
    assert nobody.status_code == 422
    noted = office.client.post(f"{path}/notes", json={"text": "占线"}, headers=agent)
    assert noted.json()["data"] == {"note": "占线"}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("agent", {"callback", "privacy", "need_plan"}),
        ("sales", {"callback", "need_plan"}),
        ("claims", {"callback"}),
        ("complaints", {"callback", "complaint_supplement"}),
        ("trainer", {"improvement"}),
        ("supervisor", {"callback", "privacy", "need_plan", "complaint_supplement", "improvement"}),
    ],
)
def test_a_role_sees_the_kinds_of_its_work(office: Branch, role: str, seen: set[str]) -> None:
    """The table of kinds says who works on what; the list and the record agree."""
    kinds = ("callback", "privacy", "need_plan", "complaint_supplement", "improvement")
    office.add(*(ticket(n, kind) for n, kind in enumerate(kinds, 1)))
    header = office.token(role)
    items = office.client.get("/v1/tickets", headers=header).json()["items"]
    assert {item["kind"] for item in items} == seen
    for number, kind in enumerate(kinds, 1):
        one = office.client.get(f"/v1/tickets/TK20261122{number:06d}", headers=header)
        assert one.status_code == (200 if kind in seen else 404)
    listed = office.client.get("/v1/tickets/kinds", headers=header).json()["items"]
    assert seen <= {item["kind"] for item in listed}


def test_late_ones_are_found(office: Branch) -> None:
    """Overdue is what the clock says; due_before is what will be."""
    office.add(ticket(1, "callback"), ticket(2, "callback"))
    header = office.token("agent")
    late = {"due_at": NOW - timedelta(minutes=1)}
    row = ticket(3, "callback")
    row.due_at = late["due_at"]
    office.add(row)
    get = office.client.get
    overdue = get("/v1/tickets?status=overdue", headers=header).json()["items"]
    assert [(item["number"][-1], item["overdue"]) for item in overdue] == [("3", True)]
    soon = get("/v1/tickets?due_before=2026-11-22T12:00:00%2B08:00", headers=header).json()
    assert len(soon["items"]) == 3
    assert PHONE in str(soon)
