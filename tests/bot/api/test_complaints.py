"""/v1/complaints: the whole way over the API, who may do what, and who never sees it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.api.kit import Branch
from tests.bot.api.rows import conversation, handoff, message, ticket

STORY = {"story": "你们查勘员王敏说好九点到，两点才来，还吼我", "phone": "13072283390"}
DECIDED = {
    "to": "decided",
    "outcome": "partly",
    "decision": "部分属实，已致歉。",
    "basis": "服务规范第三条",
    "told_by": "电话",
}
CLOSED = {"to": "closed", "root_cause": "attitude", "measure": "谈话", "department": "查勘部"}


def _post(office: Branch, header: dict[str, str], path: str, **body: Any) -> dict[str, Any]:
    answer = office.client.post(path, json=body, headers=header)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _status(office: Branch, header: dict[str, str], path: str, **body: Any) -> int:
    return int(office.client.post(path, json=body, headers=header).status_code)


def test_the_whole_way(office: Branch) -> None:
    """Filed with a receipt, worked on, prolonged, decided, answered, closed, called back."""
    clerk, lead = office.token("complaints", "孙专员"), office.token("supervisor", "李主管")
    made = _post(office, office.token("agent"), "/v1/complaints", **STORY)
    assert (made["severity"], made["due_on"]) == ("P2", "2026-12-07")
    assert made["parties"] == [{"role": "against", "facts": {"name": "王敏"}}]
    (receipt,) = office.client.get("/v1/notifications", headers=lead).json()["items"]
    assert receipt["kind"] == "complaint_notice"
    path = f"/v1/complaints/{made['number']}"
    _post(office, clerk, f"{path}/owner", owner="孙专员", reason="分派")
    _post(office, clerk, f"{path}/milestones", kind="contacted", text="已通话")
    for to in ("accepted", "investigating"):
        _post(office, clerk, f"{path}/transitions", to=to)
    _post(office, clerk, f"{path}/extensions", reason="要调取录音")
    assert _status(office, clerk, f"{path}/extensions/approval", approved=True, note="好") == 403
    longer = _post(office, lead, f"{path}/extensions/approval", approved=True, note="同意")
    assert longer["due_on"] == "2026-12-22"
    assert (
        "客户服务部主管" in next(c for c in longer["clocks"] if c["code"] == "decision")["reason"]
    )
    assert _status(office, clerk, f"{path}/transitions", to="decided") == 409
    _post(office, clerk, f"{path}/transitions", **DECIDED)
    assert _status(office, clerk, f"{path}/transitions", **CLOSED) == 409
    _post(office, clerk, f"{path}/position", position="accepted", way="电话")
    closed = _post(office, clerk, f"{path}/transitions", **CLOSED)
    assert (closed["status"], closed["position"], closed["outcome"]) == (
        "closed",
        "接受",
        "部分支持",
    )
    _post(office, clerk, f"{path}/callback", solved="no", text="没人道歉")
    about = office.client.get(f"/v1/tickets?about={made['number']}", headers=lead).json()["items"]
    assert {item["kind"] for item in about} == {"complaint_callback", "complaint_review"}
    clocks = office.client.get(f"{path}/clocks", headers=clerk).json()["items"]
    assert {c["code"]: c["state"] for c in clocks}["decision"] == "met"


def test_the_accused_reads_nothing_anywhere(office: Branch) -> None:
    """Not the complaint, its list, clocks or notes, not the conversation, ticket or hand-off."""
    office.add(conversation(1), conversation(2))
    office.add(message(1, 1, "投诉王敏"), message(2, 1, "报案"), handoff(1))
    made = _post(office, office.token("agent"), "/v1/complaints", **STORY, conversation=1)
    row = ticket(1, "complaint_overdue")
    row.about = made["number"]
    office.add(row)
    path = f"/v1/complaints/{made['number']}"
    get, post = office.client.get, office.client.post
    for role in ("complaints", "supervisor", "admin"):
        accused = office.token(role, f"王敏 {role}")
        for page in (path, f"{path}/clocks"):
            assert get(page, headers=accused).status_code == 404
        for part, body in (
            ("notes", {"text": "看看"}),
            ("transitions", {"to": "withdrawn"}),
            ("owner", {"owner": "王敏", "reason": "我来"}),
            ("severity", {"level": "P1", "reason": "改"}),
            ("position", {"position": "accepted", "way": "电话"}),
        ):
            answer = post(f"{path}/{part}", json=body, headers=accused)
            assert answer.status_code == 404, part
        assert get("/v1/complaints", headers=accused).json()["items"] == []
        listed = get("/v1/conversations", headers=accused).json()["items"]
        assert 1 not in [item["id"] for item in listed]
        assert get("/v1/conversations/1", headers=accused).status_code == 404
        assert "投诉王敏" not in get("/v1/messages", headers=accused).text
        other = get("/v1/tickets/TK20261122000001", headers=accused)
        assert other.status_code == 404
    lead = office.token("supervisor", "王敏")
    assert get("/v1/handoffs", headers=lead).json()["items"] == []
    assert get("/v1/handoffs/HO20261122000001", headers=lead).status_code == 404
    assert get("/v1/tickets", headers=lead).json()["items"] == []
    _post(office, office.token("agent", "二号"), "/v1/complaints", **STORY)  # told by text message
    rows = "/v1/kpis/complaint_serious/rows?from=2026-11-01&to=2026-11-30"
    for page in ("/v1/notifications", rows):
        assert get(page, headers=lead).json()["items"] == []
    assert get("/v1/notifications/1", headers=lead).status_code == 404
    fair = office.token("supervisor", "李主管")
    assert len(get(rows, headers=fair).json()["items"]) == 2
    assert get("/v1/notifications", headers=fair).json()["items"] != []
    assert len(get("/v1/complaints", headers=fair).json()["items"]) == 2
    assert len(get("/v1/handoffs", headers=fair).json()["items"]) == 1


def test_an_owner_with_an_interest_is_refused(office: Branch) -> None:
    """409 with the reason, whoever asks."""
    made = _post(office, office.token("agent"), "/v1/complaints", **STORY)
    lead = office.token("admin", "李总")
    body = {"owner": "王敏", "reason": "分派"}
    answer = office.client.post(f"/v1/complaints/{made['number']}/owner", json=body, headers=lead)
    assert answer.status_code == 409
    assert "被投诉人" in answer.json()["detail"]


@pytest.mark.parametrize("role", ["agent", "claims", "sales", "underwriting", "trainer"])
def test_others_take_a_complaint_down_at_most(office: Branch, role: str) -> None:
    """Who does not work on complaints neither reads nor moves them."""
    made = _post(office, office.token("admin"), "/v1/complaints", **STORY)
    header, path = office.token(role, "某"), f"/v1/complaints/{made['number']}"
    assert office.client.get(path, headers=header).status_code == 403
    assert _status(office, header, f"{path}/transitions", to="withdrawn") == 403
    assert _status(office, header, f"{path}/compensation", fen=1, clause="条款") == 403


def test_all_fields_of_a_regulators_letter(office: Branch) -> None:
    """Everything that the handbook lists is kept, and the clock starts when it came in."""
    said = {
        **STORY,
        "basis": "录音",
        "demand": "道歉",
        "wish_by": "一周内",
        "reporter": "汤伟",
        "id_tail": "001X",
        "identity_checked": True,
        "customer_type": "elderly",
        "capacity": "proxy",
        "category": "服务态度",
        "dispute": "服务",
        "line": "auto",
        "policy_number": "TATJ20260101000001",
        "parties": [{"role": "proxy", "name": "汤小", "relation": "儿子", "authorised": False}],
        "channel": "regulator",
        "regulator_ref": "津金消〔2026〕1 号",
        "regulator_due": "2026-11-30",
        "received_at": "2026-11-20T15:00:00+08:00",
    }
    made = _post(office, office.token("complaints"), "/v1/complaints", **said)
    assert (made["due_on"], made["dispute"], made["capacity"]) == ("2026-12-05", "服务", "proxy")
    assert made["facts"]["regulator_ref"] == "津金消〔2026〕1 号"
    assert [party["role"] for party in made["parties"]] == ["proxy", "against"]
    found = office.client.get(
        "/v1/complaints?policy_number=TATJ20260101000001&dispute=服务",
        headers=office.token("admin"),
    ).json()["items"]
    assert [item["number"] for item in found] == [made["number"]]


def test_money_needs_two(office: Branch) -> None:
    """Proposed by a clerk, approved by a lead within the limit of the table."""
    clerk, lead = office.token("complaints", "孙"), office.token("supervisor", "李")
    number = _post(office, clerk, "/v1/complaints", **STORY)["number"]
    path = f"/v1/complaints/{number}/compensation"
    _post(office, clerk, path, fen=20_000, clause="条款第九条")
    assert _status(office, clerk, f"{path}/approval", fen=20_000, clause="x") == 403
    approved = _post(office, lead, f"{path}/approval", fen=20_000, clause="条款第九条")
    assert approved["history"][-1]["kind"] == "compensation_approved"


def test_the_same_key_moves_a_complaint_once(office: Branch) -> None:
    """A resent step is answered with the first result."""
    clerk = office.token("complaints", "孙专员") | {"Idempotency-Key": "step-1"}
    number = _post(office, office.token("agent"), "/v1/complaints", **STORY)["number"]
    path = f"/v1/complaints/{number}/transitions"
    body = {"to": "accepted", "owner": "孙专员"}
    first = office.client.post(path, json=body, headers=clerk)
    again = office.client.post(path, json=body, headers=clerk)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"


def test_misspelt_steps_are_refused(office: Branch) -> None:
    """The literals of the API are those of the table."""
    number = _post(office, office.token("agent"), "/v1/complaints", **STORY)["number"]
    clerk, path = office.token("complaints"), f"/v1/complaints/{number}"
    assert _status(office, clerk, f"{path}/transitions", to="kitchen") == 422
    assert _status(office, clerk, f"{path}/milestones", kind="tea", text="x") == 422
