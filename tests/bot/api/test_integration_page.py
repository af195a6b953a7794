"""The page for integrators is true: every curl on it works, in the order it stands there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from storage.rules import complaint_states
from storage.rules.claim_states import machine
from tests.bot.api.kit import Branch

PAGE = (Path(__file__).parents[3] / "docs" / "integration.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)


_TICKET = "TK20261122000001"


def _calls() -> list[tuple[str, str, dict[str, str], Any]]:
    """Return method, path, headers and body of every curl on the page."""
    one = re.compile(r"^curl .*?(?=^curl |\Z)", re.MULTILINE | re.DOTALL)
    return [
        _read(shlex.split(command))
        for block in BLOCK.findall(PAGE)
        for command in one.findall(block)
    ]


def _read(words: list[str]) -> tuple[str, str, dict[str, str], Any]:
    method, path, headers, body = "GET", "", dict[str, str](), None
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = json.loads(next(rest))
        else:
            path = word.replace("$ANDA", "/v1")
    headers.pop("$AUTH", None)
    return method, path, headers, body


def test_every_curl_on_the_page_works(office: Branch) -> None:
    """Played from top to bottom against a fresh branch."""
    claims, lead = office.token("claims"), office.token("supervisor")
    roles = {"/applications": lead, "/v1/complaints": office.token("complaints")}
    calls = _calls()
    assert len(calls) >= 12
    ticket = _TICKET  # other examples before it have opened tickets of their own
    for method, written, headers, body in calls:
        path = written.replace(_TICKET, ticket)
        token = next((token for part, token in roles.items() if part in path), claims)
        answer = office.client.request(method, path, headers=headers | token, json=body)
        assert answer.is_success, f"{method} {unquote(path)}: {answer.text}"
        if (method, path) == ("POST", "/v1/tickets"):
            ticket = answer.json()["number"]
    claim = office.client.get("/v1/claims/CL20261122000001", headers=claims).json()
    assert (claim["status"], claim["owner"], claim["track"]) == ("documents_due", "王理赔", "fast")


def test_the_page_names_what_a_step_takes() -> None:
    """Each state with demands of its own stands in the table."""
    missing = [state for state in machine().needs if f"`{state}`" not in PAGE]
    assert set(missing) <= {"advance_paid"}


def test_every_event_is_on_the_page() -> None:
    """What the program tells, the page lists."""
    root = Path(__file__).parents[3]
    sources = [*root.glob("storage/claims*.py"), *root.glob("bot/api/claim*.py")]
    sources += root.glob("storage/applications*.py")
    code = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    told = set(re.findall(r'"((?:claim|application)\.[a-z_]+)"', code))
    assert told
    assert [event for event in sorted(told) if f"`{event}`" not in PAGE] == []


def test_the_page_names_what_a_step_of_a_complaint_takes() -> None:
    """Each demand of the table stands on the page."""
    needs = {need for found in complaint_states.machine().needs.values() for need in found}
    assert [need for need in needs if f"`{need}`" not in PAGE] == []


def test_every_address_is_encoded() -> None:
    """A shell sends an address as it stands, and a server refuses bare Chinese in it."""
    assert all(path.isascii() for _, path, _, _ in _calls())
