"""Who gets in, who may do what, what is masked, and what is written down about it."""

from __future__ import annotations

import pytest

from bot.permissions import PAGES_ONLY, PERMISSIONS, ROLES
from storage.models.customer import AccessLog
from tests.bot.api.kit import Branch
from tests.bot.api.rows import (
    ID_NUMBER,
    PHONE,
    claim,
    conversation,
    customer,
    handoff,
    message,
    policy,
    survey,
    ticket,
)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer wrong", "Bearer " + "x" * 9_000, "Bearer é"],
)
def test_without_a_valid_token_nothing_happens(office: Branch, header: str) -> None:
    """Every way of not being known is a 401 problem with a challenge."""
    raw = {"Authorization": header.encode("latin-1")} if header else {}
    for path in ("/v1/claims", "/v1/nothing"):
        answer = office.client.get(path, headers=raw)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] in ("token_missing", "token_invalid")


def test_a_revoked_token_is_refused_before_its_body_is_read(office: Branch) -> None:
    """401 comes before any word about the body."""
    gone = office.token("admin", revoked=True)
    answer = office.client.post("/v1/claims", content=b"{", headers=gone)
    assert answer.status_code == 401


def test_the_scheme_is_read_in_any_case(office: Branch) -> None:
    """RFC 9110: the scheme is case-insensitive."""
    token = office.token("admin")["Authorization"].removeprefix("Bearer ")
    answer = office.client.get("/v1/claims", headers={"Authorization": f"bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("role", [*ROLES, "unknown"])
def test_the_table_decides_for_every_role_and_list(office: Branch, role: str) -> None:
    """Each list answers 200 exactly for the roles of the table, else 403."""
    header = office.token(role)
    for resource, actions in PERMISSIONS.items():
        if resource in PAGES_ONLY:
            continue
        answer = office.client.get(f"/v1/{resource}", headers=header)
        assert answer.status_code == (200 if role in actions["read"] else 403), resource
        if answer.status_code == 403:
            assert answer.json()["code"] == "forbidden"


def test_claims_and_complaints_staff_keep_to_their_own(office: Branch) -> None:
    """Neither reads or writes the other's cases."""
    claims, complaints = office.token("claims"), office.token("complaints")
    body = {"story": "态度不好"}
    assert office.client.get("/v1/complaints", headers=claims).status_code == 403
    assert office.client.post("/v1/complaints", json=body, headers=claims).status_code == 403
    assert office.client.get("/v1/claims", headers=complaints).status_code == 403
    assert office.client.post("/v1/claims", json={}, headers=complaints).status_code == 403
    assert office.client.post("/v1/complaints", json=body, headers=complaints).status_code == 201


def test_claims_staff_see_only_conversations_that_led_to_a_claim(office: Branch) -> None:
    """Object level: others are not found, in lists, alone, and by their messages."""
    office.add(conversation(1), conversation(2))
    office.add(claim(1, conversation_id=2), message(1, 1, "甲"), message(2, 1, "乙"))
    header = office.token("claims")
    get = office.client.get
    assert [c["id"] for c in get("/v1/conversations", headers=header).json()["items"]] == [2]
    assert get("/v1/conversations/1", headers=header).status_code == 404
    assert get("/v1/conversations/1/messages", headers=header).status_code == 404
    assert get("/v1/conversations/2/messages", headers=header).status_code == 200
    found = get("/v1/messages", headers=header).json()["items"]
    assert [m["body"]["text"] for m in found] == ["乙"]
    everything = get("/v1/messages", headers=office.token("agent")).json()["items"]
    assert [m["body"]["text"] for m in everything] == ["乙", "甲"]


def test_sales_see_only_their_kinds_of_ticket(office: Branch) -> None:
    """Object level: a privacy request is not theirs to see, change or open."""
    office.add(ticket(1, "privacy"), ticket(2, "need_plan"))
    header = office.token("sales")
    found = office.client.get("/v1/tickets", headers=header).json()["items"]
    assert [t["kind"] for t in found] == ["need_plan"]
    other = "/v1/tickets/TK20261122000001"
    assert office.client.get(other, headers=header).status_code == 404
    patched = office.client.patch(other, json={"status": "done"}, headers=header)
    assert patched.status_code == 404
    opened = office.client.post("/v1/tickets", json={"kind": "privacy"}, headers=header)
    assert opened.status_code == 403


def test_customers_are_masked_unless_a_reason_is_given_by_who_may(office: Branch) -> None:
    """Name, phone and identity number; and every view is on record with actor and reason."""
    office.add(customer(office.parts.cipher))
    lead, agent = office.token("supervisor", "质检"), office.token("agent")
    masked = {"name": "张**", "phone": "138****0000", "id_number": "990***********0012"}
    path = "/v1/customers/DEMO-P001"
    for header, query in ((lead, ""), (agent, "?reason=客户来电")):
        found = office.client.get(path + query, headers=header).json()
        assert {key: found[key] for key in masked} == masked
        assert found["masked"] is True
    full = office.client.get(path, params={"reason": "投诉核查"}, headers=lead).json()
    assert (full["name"], full["phone"], full["id_number"]) == ("张三丰", PHONE, ID_NUMBER)
    listed = office.client.get("/v1/customers", params={"reason": "导出"}, headers=lead).json()
    assert listed["items"][0]["phone"] == "138****0000"
    log = office.all(AccessLog)
    assert [entry.actor for entry in log] == ["api:质检", "api:agent", "api:质检", "api:质检"]
    assert log[2].what == "customer DEMO-P001 full"
    assert log[2].reason == "投诉核查"
    assert {entry.customer_id for entry in log} == {1}


def test_policies_are_masked_and_details_are_part_of_the_full_view(office: Branch) -> None:
    """The holder's name and the details come whole only with role and reason."""
    office.add(customer(office.parts.cipher))
    office.add(policy())
    path = "/v1/policies/TATJ20260101000001"
    sales, claims = office.token("sales"), office.token("claims")
    for header in (sales, claims):
        found = office.client.get(path, headers=header).json()
        assert found["holder"] == "张**"
        assert "details" not in found
    assert office.client.get(f"{path}?reason=续保", headers=sales).json()["masked"] is True
    full = office.client.get(f"{path}?reason=理赔核对", headers=claims).json()
    assert full["holder"] == "张三丰"
    assert full["details"]["address"]
    assert office.seen()[-1] == ("api:claims", "policy TATJ20260101000001 full")


def test_claim_phones_are_whole_for_those_who_call_and_masked_for_others(office: Branch) -> None:
    """Underwriting sees neither phone, name, place nor the customer's words."""
    office.add(claim(1))
    path = "/v1/claims/CL20261122000001"
    for role in ("agent", "claims", "supervisor", "admin"):
        assert office.client.get(path, headers=office.token(role)).json()["phone"] == PHONE
    found = office.client.get(path, headers=office.token("underwriting")).json()
    assert (found["phone"], found["reporter"]) == ("138****0000", "张**")
    assert "story" not in found
    assert len(office.seen()) == 5


def test_a_list_records_every_person_in_it(office: Branch) -> None:
    """One line of the access log an item, and none for what was not shown."""
    office.add(conversation(1))
    office.add(*(claim(n, conversation_id=1) for n in range(1, 4)))
    office.client.get("/v1/claims?limit=2", headers=office.token("claims", "柜台"))
    assert office.seen() == [
        ("api:柜台", "claim CL20261122000003"),
        ("api:柜台", "claim CL20261122000002"),
    ]
    assert {entry.conversation_id for entry in office.all(AccessLog)} == {1}


def test_the_other_lists_record_access_too(office: Branch) -> None:
    """Conversations, hand-offs, surveys and tickets are about persons as well."""
    office.add(conversation(1))
    office.add(handoff(), survey("s", 5), ticket(1, "callback"))
    header = office.token("supervisor", "主管")
    for resource in ("conversations", "handoffs", "surveys", "tickets"):
        items = office.client.get(f"/v1/{resource}", headers=header).json()["items"]
        assert len(items) == 1
        assert "secret-session" not in str(items)
    assert [what.split()[0] for _, what in office.seen()] == [
        "conversation",
        "handoff",
        "survey",
        "ticket",
    ]
    one = office.client.get("/v1/handoffs/HO20261122000001", headers=header).json()
    assert one["package"] == {"last_words": ["人工"]}
