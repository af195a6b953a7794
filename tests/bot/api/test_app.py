"""The application as a whole: what it says about itself, and many callers at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.bot.api.kit import Branch

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_the_documentation_is_open_and_complete(office: Branch) -> None:
    """openapi.json and a page without scripts or foreign addresses, both below the mount."""
    openapi = office.client.get("/openapi.json").json()
    page = office.client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "style-src 'sha256-" in page.headers["content-security-policy"]
    assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
    for path, operations in openapi["paths"].items():
        assert f"/api{path}" in page.text
        for operation in operations.values():
            assert CHINESE.search(operation["summary"])
            assert "4XX" in operation["responses"]
            assert operation["security"] == [{"HTTPBearer": []}]
    names = {path.split("/")[2] for path in openapi["paths"]}
    assert names == {
        "conversations", "messages", "claims", "complaints", "policies", "customers",
        "notifications", "surveys", "tickets", "handoffs", "knowledge", "misses", "kpis",
        "privacy", "applications", "audit", "deliveries", "endorsements", "feedback",
        "improvements",
        "qa-samples", "campaigns", "jobs", "reports", "assessments", "trainings",
        "web-links", "staff-notices", "content",
    }  # fmt: skip


def _endless(schema: Any, known: dict[str, Any], where: str) -> Iterator[str]:
    """Yield the whole numbers in ``schema`` that may be larger than a column can hold."""
    if isinstance(schema, list):
        for part in schema:
            yield from _endless(part, known, where)
    if not isinstance(schema, dict):
        return
    if name := str(schema.get("$ref", "")).rpartition("/")[2]:
        yield from _endless(known.pop(name, None), known, name)
    if schema.get("type") == "integer" and "maximum" not in schema:
        yield where
    for key, part in schema.items():
        yield from _endless(part, known, f"{where}.{key}")


def test_no_request_may_carry_an_endless_number(office: Branch) -> None:
    """A number that no column holds is refused with its field named, and is no fault of ours."""
    openapi = office.client.get("/openapi.json").json()
    found: list[str] = []
    for path, operations in openapi["paths"].items():
        for verb, operation in operations.items():
            asked = [operation.get("parameters", []), operation.get("requestBody", {})]
            known = dict(openapi["components"]["schemas"])
            found += _endless(asked, known, f"{verb} {path}")
    assert not found


def test_concurrent_claims_get_different_numbers(office: Branch) -> None:
    """Without a key, eight requests are eight claims."""
    header = office.token("agent")

    def post(_: int) -> str:
        made = office.client.post("/v1/claims", json={}, headers=header).json()
        return str(made["number"])

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(post, range(8)))) == 8
