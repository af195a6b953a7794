"""Bad input of every kind ends as a problem: 4xx, Chinese, a stable code, never a trace."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.api.problems import KINDS
from bot.errors import Overloaded
from tests.bot.api.kit import Branch
from tests.bot.api.rows import claim

CHINESE = re.compile("[\u4e00-\u9fff]")
JSON = {"Content-Type": "application/json"}


def assert_problem(answer: Any, status: int) -> None:
    """RFC 9457 members, security headers, nothing of ours inside."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    body = answer.json()
    assert set(body) - {"errors"} == {"type", "title", "status", "detail", "code"}
    assert body["status"] == status == KINDS[body["code"]][0]
    assert body["type"] == f"urn:anda:problem:{body['code']}"
    assert CHINESE.search(body["title"])
    assert CHINESE.search(body["detail"])
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/claims?limit=0", 422),
        ("/v1/claims?limit=201", 422),
        ("/v1/claims?limit=abc", 422),
        ("/v1/claims?limit=" + "9" * 400, 422),
        ("/v1/claims?sort=id;drop table claim", 422),
        ("/v1/claims?order_by=facts", 422),
        ("/v1/claims?status='%20or%201=1", 422),
        ("/v1/claims?status=", 422),
        ("/v1/claims?status=%00", 400),
        ("/v1/claims?status=%ff%fe", 422),
        ("/v1/claims?plate=津A1", 422),
        ("/v1/claims?line=boat", 422),
        ("/v1/claims?conversation=99999999999999999999", 422),
        ("/v1/claims?conversation=-1", 422),
        ("/v1/claims?since=yesterday", 422),
        ("/v1/claims?since=0001-01-01T00:00:00%2B08:00", 422),
        ("/v1/claims?since=9999-12-31T23:59:59-08:00", 422),
        ("/v1/claims?since=" + "1" * 1_000, 422),
        ("/v1/claims?reason=" + "长" * 201, 422),
        ("/v1/claims?reason=%20%20%20", 422),
        ("/v1/claims?x=" + "y" * 5_000, 400),
        ("/v1/claims/CL1", 422),
        ("/v1/claims/%00", 400),
        ("/v1/claims/CL20261122999999", 404),
        ("/v1/claims/..%2f..%2fetc", 404),
        ("/v1/conversations/99999999999999999999999", 422),
        ("/v1/conversations/0", 422),
        ("/v1/conversations/7", 404),
        ("/v1/conversations/7/messages", 404),
        ("/v1/customers/张三", 422),
        ("/v1/customers/NOBODY", 404),
        ("/v1/policies/NOTHING", 404),
        ("/v1/complaints/CP20261122999999", 404),
        ("/v1/tickets/TK20261122999999", 404),
        ("/v1/handoffs/HO20261122999999", 404),
        ("/v1/notifications/9", 404),
        ("/v1/kpis?from=never", 422),
        ("/v1/claims/", 404),
        ("/v1", 404),
        ("/v1/nothing", 404),
    ],
)
def test_bad_addresses(office: Branch, path: str, status: int) -> None:
    """Each ends as the problem that fits."""
    office.add(claim(1))
    assert_problem(office.client.get(path, headers=office.token("admin")), status)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"NaN", 400),
        (b'{"place": NaN}', 400),
        (b'{"place": "\\u0000"}', 400),
        (b'{"\\u0000": 1}', 400),
        (b'{"place": "\\ud800"}', 400),
        (b'{"place": "\xed\xa0\x80"}', 400),
        (b"[" * 5_000 + b"]" * 5_000, 400),
        (b'{"story":' + b"[" * 40 + b"]" * 40 + b"}", 400),
        (b'{"conversation": ' + b"9" * 30 + b"}", 422),
        (b'{"conversation": ' + b"9" * 5_000 + b"}", 400),
        (b'{"conversation": 1e400}', 400),
        (b'{"conversation": 42}', 422),
        (b'{"story": "' + b"x" * 70_000 + b'"}', 413),
        (b'{"story": "' + b"x" * 3_000 + b'"}', 422),
        (b'{"story": ""}', 422),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b'{"line": "boat"}', 422),
        (b'{"line": null}', 422),
        (b'{"injured": "yes"}', 422),
        (b'{"injured": 1}', 422),
        (b'{"phone": "12345"}', 422),
        (b'{"phone": 13800000000}', 422),
        (b'{"plate": "A1"}', 422),
        (b'{"happened_at": "2030-01-01T00:00:00+08:00"}', 422),
        (b'{"happened_at": 1700000000}', 422),
        (b'{"happened_at": "0001-01-01T00:00:00+14:00"}', 422),
        (b'{"policy_number": "x y"}', 422),
        (b'{"number": "CL20261122000001"}', 422),
        (b'{"severity": "P0"}', 422),
        (b'{"__proto__": {}}', 422),
    ],
)
def test_bad_bodies(office: Branch, body: bytes, status: int) -> None:
    """The same for creating and amending, and nothing is written."""
    office.add(claim(1))
    headers = office.token("admin") | JSON
    assert_problem(office.client.post("/v1/claims", content=body, headers=headers), status)
    if body != b'{"conversation": 42}':
        path = "/v1/claims/CL20261122000001"
        assert_problem(office.client.patch(path, content=body, headers=headers), status)
    listed = office.client.get("/v1/claims", headers=headers).json()["items"]
    assert [item["number"] for item in listed] == ["CL20261122000001"]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "é"])
def test_another_content_type_is_refused(office: Branch, kind: str) -> None:
    """Only JSON, so that no form of a foreign page can post."""
    headers = {**office.token("admin"), "Content-Type": kind.encode("latin-1")}
    assert_problem(office.client.post("/v1/claims", content=b"{}", headers=headers), 415)


@pytest.mark.parametrize("key", ["", " ", "x" * 101, "a b", "é"])
def test_bad_idempotency_keys(office: Branch, key: str) -> None:
    """Visible ASCII of at most a hundred characters."""
    headers = {**office.token("admin"), "Idempotency-Key": key.encode("latin-1")}
    assert_problem(office.client.post("/v1/claims", json={}, headers=headers), 422)


def test_a_strange_host_is_harmless(office: Branch) -> None:
    """Nothing is built from the Host header."""
    headers = office.token("admin") | {"Host": "[bad"}
    assert office.client.get("/v1/claims", headers=headers).status_code == 200


def test_wrong_methods_are_problems(office: Branch) -> None:
    """405 with the methods that would do."""
    answer = office.client.delete("/v1/claims", headers=office.token("admin"))
    assert_problem(answer, 405)
    assert answer.headers["allow"]


def test_validation_names_the_field_and_not_its_value(office: Branch) -> None:
    """What was sent may be personal and is not repeated."""
    body = {"phone": "110101-secret", "plte": "津A12345", "line": "boat"}
    answer = office.client.post("/v1/claims", json=body, headers=office.token("admin"))
    assert_problem(answer, 422)
    reasons = {item["field"]: item["reason"] for item in answer.json()["errors"]}
    assert set(reasons) == {"body.phone", "body.plte", "body.line"}
    assert all(CHINESE.search(reason) for reason in reasons.values())
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("line=boat", "查询参数「line」：只能写 auto、home、"),
        ("limit=0", "查询参数「limit」：不能小于 1。"),
        ("limit=abc", "查询参数「limit」：要写整数。"),
        ("since=yesterday", "查询参数「since」：须为 ISO 8601 时间"),
        ("x1=1&x2=1&x3=1&x4=1", "；另有 1 项，见 errors。请改正后再发。"),
    ],
)
def test_a_refusal_says_which_field_and_what_to_write(office: Branch, path: str, said: str) -> None:
    """The sentence alone is enough for whoever reads only that."""
    answer = office.client.get(f"/v1/claims?{path}", headers=office.token("admin"))
    assert_problem(answer, 422)
    assert said in answer.json()["detail"]
    assert "请改正后再发" in answer.json()["detail"]


def test_a_body_field_is_named_in_the_sentence(office: Branch) -> None:
    """With the values it may have; a very long name of a field that is none is cut."""
    header = office.token("admin")
    answer = office.client.post("/v1/claims", json={"line": "boat"}, headers=header)
    assert "请求体「line」：只能写 auto、home" in answer.json()["detail"]
    answer = office.client.post("/v1/claims", json={"y" * 500: 1}, headers=header)
    assert_problem(answer, 422)
    assert len(answer.json()["detail"]) < 200


def test_overload_asks_to_come_back(office: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After; that is load, not input."""

    def full(_: object) -> None:
        raise Overloaded("full")

    header = office.token("admin")
    monkeypatch.setattr(office.transactions, "run", full)
    answer = office.client.post("/v1/claims", json={}, headers=header)
    assert_problem(answer, 503)
    assert answer.headers["retry-after"] == "2"
