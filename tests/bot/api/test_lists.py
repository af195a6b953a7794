"""Lists: pages, filters, counts, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from storage.ledger import Happening
from storage.models.case import Claim
from storage.unit_of_work import UnitOfWork
from tests.bot.api.kit import NOW, Branch
from tests.bot.api.rows import (
    claim,
    conversation,
    customer,
    message,
    notice,
    photo,
    policy,
    survey,
    ticket,
)


def test_pages_are_newest_first_and_stable_under_inserts(office: Branch) -> None:
    """What is added between two pages neither repeats nor hides anything."""
    header = office.token("claims")
    office.add(*(claim(n) for n in range(1, 8)))
    seen: list[str] = []
    cursor: str | None = None
    for page in range(4):
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        answer = office.client.get("/v1/claims", params=params, headers=header).json()
        seen += [item["number"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        office.add(claim(100 + page))
    assert cursor is None
    assert seen == [f"CL20261122{n:06d}" for n in range(7, 0, -1)]


def test_a_page_that_is_just_full_has_no_next(office: Branch) -> None:
    """No empty last page."""
    office.add(claim(1), claim(2))
    answer = office.client.get("/v1/claims?limit=2", headers=office.token("claims")).json()
    assert len(answer["items"]) == 2
    assert answer["next_cursor"] is None


def test_a_cursor_belongs_to_its_list_and_its_filters(office: Branch) -> None:
    """A cursor from elsewhere, of other filters or tampered with is a 400 problem."""
    header = office.token("admin")
    office.add(*(claim(n) for n in range(1, 4)), ticket(1, "callback"))
    cursor = office.client.get("/v1/claims?limit=1", headers=header).json()["next_cursor"]
    for path in (
        f"/v1/tickets?cursor={cursor}",
        f"/v1/claims?line=auto&cursor={cursor}",
        f"/v1/claims?cursor={cursor[:-3]}abc",
        "/v1/claims?cursor=AAAA",
        "/v1/claims?cursor=%E4%BD%A0",
        "/v1/claims?cursor=1",
        "/v1/knowledge?cursor=zzz",
    ):
        answer = office.client.get(path, headers=header)
        assert answer.status_code == 400, path
        assert answer.json()["code"] == "cursor_invalid"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("status=paid", [2]),
        ("line=home", [3]),
        ("plate=津a·d12345", [2]),
        ("number=CL20261122000001", [1]),
        ("conversation=7", [3]),
        ("policy_number=P1", [1]),
        ("since=2026-11-22T09:00:00%2B08:00", [3, 2]),
        ("since=2026-11-22T01:00:00+00:00", [3, 2]),
        ("since=2026-11-22T09:00:00", [3, 2]),
        ("status=litigation", []),
    ],
)
def test_claims_are_filtered(office: Branch, query: str, numbers: list[int]) -> None:
    """Each filter alone, in every spelling of a time and a plate."""
    office.add(conversation(7))
    office.add(
        claim(1, reported_at=NOW - timedelta(days=1), policy_number="P1"),
        claim(2, status="paid", plate="津AD12345"),
        claim(3, line="home", conversation_id=7, plate=None),
    )
    answer = office.client.get(f"/v1/claims?{query}", headers=office.token("claims"))
    found = [item["number"] for item in answer.json()["items"]]
    assert found == [f"CL20261122{n:06d}" for n in numbers]


def test_other_lists_are_filtered(office: Branch) -> None:
    """A filter of each other resource."""
    office.add(customer(office.parts.cipher), customer(office.parts.cipher, 2))
    office.add(policy("A1"), policy("A2", 2), conversation(1, customer_id=2), conversation(2))
    office.add(survey("a", 5), survey("b", None), ticket(1, "callback"))
    header = office.token("admin")
    for path, count in (
        ("policies?customer=DEMO-P002", 1),
        ("policies?status=有效&plate=津A12345", 2),
        ("policies?since=2028-01-01", 0),
        ("customers?ref=DEMO-P001", 1),
        ("conversations?customer=DEMO-P002&channel=webchat&owner=bot", 1),
        ("conversations?since=2026-11-23", 0),
        ("surveys?status=answered", 1),
        ("tickets?status=new&kind=callback", 1),
        ("tickets?status=done", 0),
        ("knowledge?topic=热线", 5),
        ("knowledge?q=问题 3", 1),
        ("handoffs?status=open", 0),
        ("notifications?status=due", 0),
        ("complaints?severity=P0", 0),
        ("messages?conversation=1&author=bot", 0),
    ):
        answer = office.client.get(f"/v1/{path}", headers=header)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) == count, path


def test_photos_are_counted(office: Branch) -> None:
    """Photos of the case, in the list and alone."""
    office.add(conversation(1))
    office.add(claim(1), claim(2), *(photo("CL20261122000001") for _ in range(3)))
    header = office.token("claims")
    listed = office.client.get("/v1/claims", headers=header).json()["items"]
    assert [item["photos"] for item in listed] == [0, 3]
    one = office.client.get("/v1/claims/CL20261122000001", headers=header).json()
    assert one["photos"] == 3


def test_knowledge_has_pages_and_entries(office: Branch) -> None:
    """All entries once, whatever the size of the page."""
    header = office.token("trainer")
    seen: list[str] = []
    cursor = ""
    while True:
        query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
        page = office.client.get(f"/v1/knowledge{query}", headers=header).json()
        seen += [entry["id"] for entry in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert seen == ["F005", "F004", "F003", "F002", "F001"]
    one = office.client.get("/v1/knowledge/F002", headers=header).json()
    assert one["answer"] == "答案"
    assert office.client.get("/v1/knowledge/F999", headers=header).status_code == 404
    assert office.seen() == []


def test_kpis_count_what_the_ledger_tells(office: Branch) -> None:
    """Totals, states and the average are of one source; null rather than an invented figure."""
    header = office.token("supervisor")
    empty = office.client.get("/v1/kpis", headers=header).json()
    assert empty["average_score"] is None
    assert (empty["from"], empty["to"]) == ("2026-10-24", "2026-11-22")
    office.add(claim(1), claim(2, status="paid"), claim(3), claim(4))
    one, two, three, four = (row.number for row in office.all(Claim))
    reported = partial(Happening, "claim.reported", NOW, None)

    def tell(uow: UnitOfWork) -> None:
        """Three claims were reported today, one of them twice, and one the day before."""
        for number in (one, two, three, three):
            uow.ledger.add(reported(number))
        uow.ledger.add(reported(four)._replace(at=NOW - timedelta(days=1)))
        uow.ledger.add(Happening("session", NOW, 1, channel="webchat"))
        for place, score in enumerate((5, 4)):
            uow.ledger.add(Happening("survey.answered", NOW, 1, f"SV{place}", value=score))

    office.transactions.run(tell)
    found = office.client.get("/v1/kpis?from=2026-11-22&to=2026-11-22", headers=header).json()
    assert found["counts"]["claims"] == {"total": 3, "by": {"contact_due": 2, "paid": 1}}
    assert found["counts"]["conversations"]["by"] == {"webchat": 1}
    assert (found["surveys_answered"], found["average_score"]) == (2, 4.5)
    figures = {figure["code"]: figure for figure in found["figures"]}
    assert figures["csat"]["rows"] == found["surveys_answered"]
    backwards = office.client.get("/v1/kpis?from=2026-11-22&to=2026-11-01", headers=header)
    assert backwards.status_code == 422


def test_a_one_time_code_is_never_shown(office: Branch) -> None:
    """Neither the code nor a session id leaves us, not even to an administrator."""
    office.add(notice("a", "code"), notice("b", "reply", channel="webchat", peer="session-secret"))
    office.add(notice("c", "media"))
    header = office.token("admin")
    answer = office.client.get("/v1/notifications", headers=header)
    reply, code = answer.json()["items"]
    assert code["body"] is None
    assert code["peer"] == "138****0000"
    assert reply["body"] == {"text": "验证码 123456"}
    assert "session-secret" not in answer.text
    one = office.client.get(f"/v1/notifications/{code['id']}", headers=header)
    assert "123456" not in one.text
    assert office.client.get("/v1/notifications/3", headers=header).status_code == 404


def test_a_match_trace_is_shown_with_its_quotes_masked(office: Branch) -> None:
    """Staff see why an entry was chosen; numbers that the trace quotes are masked there."""
    said = message(1, 2, "交强险赔多少")
    trace = {"asked": "津A12345 交强险 13800000009", "score": 0.97125, "words": ["交强险"]}
    said.body = {"type": "text", "text": "答", "entry": "F017", "score": 0.97125, "trace": trace}
    office.add(conversation(1), said)
    answer = office.client.get("/v1/messages", headers=office.token("agent"))
    body = answer.json()["items"][0]["body"]
    assert body["entry"] == "F017"
    assert body["trace"]["score"] == body["score"] == 0.97125
    assert body["trace"]["words"] == ["交强险"]
    assert "A12345" not in body["trace"]["asked"]
    assert "13800000009" not in body["trace"]["asked"]


@pytest.mark.parametrize(
    ("path", "field", "allowed"),
    [
        ("/v1/claims?status=zzz", "query.status", "contact_due"),
        ("/v1/complaints?status=zzz", "query.status", "received"),
        ("/v1/complaints?severity=zzz", "query.severity", "P3"),
        ("/v1/handoffs?level=zzz", "query.level", "P0"),
        ("/v1/customers?kind=zzz", "query.kind", "firm"),
        ("/v1/messages?author=zzz", "query.author", "agent"),
        ("/v1/knowledge?basis=zzz", "query.basis", "SEED"),
    ],
)
def test_a_filter_that_no_record_can_have_is_refused(
    office: Branch, path: str, field: str, allowed: str
) -> None:
    """A misspelt value is a 422 that names the allowed ones, never an empty list."""
    answer = office.client.get(path, headers=office.token("admin"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert allowed in error["reason"]
    assert "zzz" not in answer.text
