"""Handling claims over the API: steps, milestones, documents, clocks, who may, and once."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models.case import Claim
from tests.bot.api.kit import Branch
from tests.bot.api.rows import claim

CLAIM = {
    "happened_at": "2026-11-22T08:00:00+08:00",
    "place": "南开区卫津路",
    "plate": "津A12345",
    "injured": False,
    "phone": "13800000000",
    "accident_type": "scrape",
    "story": "倒车蹭了柱子",
    "reporter": "张三",
    "drivable": True,
    "police_reported": False,
}


def opened(office: Branch, header: dict[str, str], **said: Any) -> str:
    """Open a claim and return its path."""
    made = office.client.post("/v1/claims", json=CLAIM | said, headers=header).json()
    return f"/v1/claims/{made['number']}"


def step(office: Branch, header: dict[str, str], path: str, to: str, **given: Any) -> Any:
    """Move a claim and return the answer."""
    return office.client.post(f"{path}/transitions", json={"to": to, **given}, headers=header)


def test_a_claim_tells_everything_a_clerk_needs(office: Branch) -> None:
    """Documents, clocks with their reasons, what is lacking, and where it may go."""
    header = office.token("claims", "王理赔")
    path = opened(office, header, external_ref="CORE-1", details={"estimate_fen": 80_000})
    found = office.client.get(path, headers=header).json()
    assert (found["status"], found["track"], found["external_ref"]) == (
        "contact_due", "fast", "CORE-1",
    )  # fmt: skip
    assert found["due_at"] == "2026-11-22T09:45:00+08:00"
    assert found["lacking"] == []
    assert "驾驶人姓名" in found["asked_for"]
    assert found["details"] == {"estimate_fen": 80_000}
    assert "contacted" in found["next"]
    assert {d["name"] for d in found["documents"] if d["required"]} >= {"驾驶证", "行驶证"}
    clock = next(c for c in found["clocks"] if c["code"] == "first_contact")
    assert (clock["state"], clock["state_label"]) == ("running", "进行中")
    assert "15 分钟" in clock["reason"]
    clocks = office.client.get(f"{path}/clocks", headers=header).json()["items"]
    assert clocks == found["clocks"]
    documents = office.client.get(f"{path}/documents", headers=header).json()["items"]
    assert documents == found["documents"]


def test_a_step_shows_what_it_led_to_or_why_not(office: Branch) -> None:
    """201 with the claim as it is now; 409 as a problem that names the rule."""
    header = office.token("claims", "王理赔")
    path = opened(office, header)
    moved = step(office, header, path, "contacted", note="已电话联系")
    assert moved.status_code == 201
    assert moved.json()["status_label"] == "已联系"
    assert moved.json()["history"][-1]["actor"] == "api:王理赔"
    refused = step(office, header, path, "paid")
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "refused"
    assert "不能直接到" in refused.json()["detail"]
    missing = step(office, header, path, "documents_complete")
    assert "驾驶证" in missing.json()["detail"]


def test_a_repeated_step_has_one_effect(office: Branch) -> None:
    """The same key gets the same answer; another body under it is refused."""
    header = office.token("claims") | {"Idempotency-Key": "step-1"}
    path = opened(office, office.token("agent", "坐席"))
    first = step(office, header, path, "contacted")
    again = step(office, header, path, "contacted")
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    other = step(office, header, path, "withdrawn")
    assert other.json()["code"] == "key_reused"


def test_documents_and_milestones(office: Branch) -> None:
    """A document is registered by name, a milestone stops its clock."""
    header = office.token("claims")
    path = opened(office, header, accident_type="rear_end", other_plate="津B12345")
    done = office.client.post(
        f"{path}/milestones", json={"kind": "document_list"}, headers=header
    ).json()
    clock = next(c for c in done["clocks"] if c["code"] == "document_list")
    assert clock["state"] == "met"
    body = {"name": "驾驶证", "status": "rejected", "reason": "看不清"}
    answer = office.client.post(f"{path}/documents", json=body, headers=header)
    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["reason"]) == ("rejected", "看不清")
    extra = office.client.post(f"{path}/documents", json={"name": "停车场监控"}, headers=header)
    assert (extra.json()["status"], extra.json()["required"]) == ("received", False)
    wrong = office.client.post(
        f"{path}/milestones", json={"kind": "refusal_notice"}, headers=header
    )
    assert wrong.status_code == 409


@pytest.mark.parametrize("role", ["agent", "underwriting", "sales", "trainer", "complaints"])
def test_only_claims_staff_move_claims(office: Branch, role: str) -> None:
    """Others may take a report down or read it, not decide on it."""
    path = opened(office, office.token("claims"))
    header = office.token(role)
    for part, body in (
        ("transitions", {"to": "contacted"}),
        ("milestones", {"kind": "progress"}),
        ("documents", {"name": "驾驶证"}),
    ):
        answer = office.client.post(f"{path}/{part}", json=body, headers=header)
        assert answer.status_code == 403, part
    assert office.all(Claim)[0].status == "contact_due"


def test_a_supervisor_may_ask_again_and_a_clerk_may_not(office: Branch) -> None:
    """BXF 22 over the API: the role decides."""
    clerk, lead = office.token("claims"), office.token("supervisor")
    path = opened(office, clerk)
    step(office, clerk, path, "contacted")
    step(office, clerk, path, "documents_due", missing=["维修报价单"])
    for document in office.client.get(f"{path}/documents", headers=clerk).json()["items"]:
        body = {"name": document["name"]}
        office.client.post(f"{path}/documents", json=body, headers=clerk)
    assert step(office, clerk, path, "documents_complete").status_code == 201
    again = {"missing": ["笔录"], "reason": "新情况"}
    assert step(office, clerk, path, "documents_due", **again).status_code == 409
    assert step(office, lead, path, "documents_due", **again).status_code == 201


def test_signs_of_fraud_are_for_those_who_decide(office: Branch) -> None:
    """Claims staff see them; agents and underwriters do not, in no part of the answer."""
    path = opened(office, office.token("agent"), happened_at="2026-11-18T08:00:00+08:00")
    found = office.client.get(path, headers=office.token("claims")).json()
    assert [hit["code"] for hit in found["signals"]["hits"]] == ["late_report"]
    for role in ("agent", "underwriting"):
        answer = office.client.get(path, headers=office.token(role, f"{role}2"))
        assert "signals" not in answer.json()
        assert "late_report" not in answer.text
    listed = office.client.get("/v1/claims", headers=office.token("supervisor"))
    assert "late_report" not in listed.text


def test_money_and_details_are_for_full_sight(office: Branch) -> None:
    """An underwriter reads that a claim is paid, not how much and to whom."""
    office.add(
        claim(1, status="paid", paid_fen=320_000, decision={"clause": "第六条", "payment": {}})
    )
    path = "/v1/claims/CL20261122000001"
    full = office.client.get(path, headers=office.token("claims")).json()
    assert (full["paid_fen"], full["decision"]["clause"]) == (320_000, "第六条")
    masked = office.client.get(path, headers=office.token("underwriting")).json()
    assert masked["status"] == "paid"
    assert not {"paid_fen", "decision", "details"} & masked.keys()


def test_a_reference_of_another_system_is_used_once(office: Branch) -> None:
    """The second one is a conflict that names the claim; it can be looked up by it."""
    header = office.token("claims")
    path = opened(office, header, external_ref="CORE-7")
    again = office.client.post("/v1/claims", json={"external_ref": "CORE-7"}, headers=header)
    assert again.status_code == 409
    assert path.removeprefix("/v1/claims/") in again.json()["detail"]
    found = office.client.get("/v1/claims?external_ref=CORE-7", headers=header).json()["items"]
    assert [f"/v1/claims/{item['number']}" for item in found] == [path]


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"plate": "津A12345"}, "plate"),
        ({"estimate_fen": "很多"}, "估计损失"),
        ({"estimate_fen": -1}, "估计损失"),
        ({"hospitalised": "是"}, "是否住院"),
        ({"carrier_plate": "x"}, "承运车牌"),
        ({"found_at": "昨天"}, "发现时间"),
    ],
)
def test_a_wrong_detail_is_named(office: Branch, details: dict[str, Any], words: str) -> None:
    """What a line may carry stands in the clerks' table."""
    answer = office.client.post(
        "/v1/claims", json={"line": "home", "details": details}, headers=office.token("claims")
    )
    assert answer.status_code == 422
    assert words in answer.text


def test_details_of_a_line_are_kept_and_taken_back(office: Branch) -> None:
    """Cargo has its waybill; null takes a detail back and the history has both."""
    header = office.token("claims")
    path = opened(
        office, header, line="cargo", plate=None,
        details={"waybill": "YD1", "goods": "瓷砖", "carrier_plate": "津a·c1234"},
    )  # fmt: skip
    found = office.client.get(path, headers=header).json()
    assert found["details"]["carrier_plate"] == "津AC1234"
    assert "运单或提单号" not in found["asked_for"]
    body = {"details": {"waybill": None, "refused": True}}
    now = office.client.patch(path, json=body, headers=header).json()
    assert "waybill" not in now["details"]
    assert now["details"]["refused"] is True
    assert now["history"][-1]["data"]["before"]["waybill"] == "YD1"


def test_an_owner_is_named_by_a_clerk(office: Branch) -> None:
    """The change is in the history, and the claim keeps its person."""
    header = office.token("claims")
    path = opened(office, header)
    now = office.client.patch(path, json={"owner": "李大案"}, headers=header).json()
    assert now["owner"] == "李大案"
    assert now["history"][-1]["data"] == {"before": "理赔客服组", "after": "李大案"}
    later = office.client.patch(path, json={"details": {"estimate_fen": 9_000_000}}, headers=header)
    assert (later.json()["track"], later.json()["owner"]) == ("complex", "李大案")


def test_claims_that_are_due_are_listed(office: Branch) -> None:
    """The board asks for what runs out before a time, and for a track."""
    header = office.token("claims")
    path = opened(office, header)
    for query, count in (
        ("due_before=2026-11-22T09:45:00%2B08:00", 1),
        ("due_before=2026-11-22T09:44:00%2B08:00", 0),
        ("track=normal", 1),
        ("track=fast", 0),
    ):
        found = office.client.get(f"/v1/claims?{query}", headers=header).json()["items"]
        assert len(found) == count, query
    assert office.client.get(path, headers=header).status_code == 200
