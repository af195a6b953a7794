"""The editors' work over the API: two people and a publisher, replay, releases, misses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.api.app import api_app
from bot.api.desk import Parts
from bot.dialogue.message import InboundMessage
from bot.knowledge.releases import Editors
from bot.knowledge.seed import text_of
from bot.settings import Settings
from knowledge_base.loader import KnowledgeBase
from knowledge_base.service import LiveEntries, Service
from storage.crypto import Cipher
from storage.database import open_engine
from storage.knowledge_values import Cut
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.bot.api.conftest import SECRET
from tests.bot.api.kit import NOW, Branch, mounted
from tests.bot.knowledge.kit import DOG, ENTRIES

DRAFT = {"question": DOG.question, "variants": list(DOG.variants), "answer": DOG.answer}


@pytest.fixture
def desk(tmp_path: Path, empty: Path) -> Iterator[Branch]:
    """A branch that answers from a release of four entries."""
    path = tmp_path / "anda.db"
    path.write_bytes(empty.read_bytes())
    ways = transactions(open_engine(f"sqlite:///{path}", SECRET))

    def load(uow: UnitOfWork) -> None:
        added = uow.knowledge.add_published(list(map(text_of, ENTRIES)), "seed", "p", NOW)
        uow.knowledge.cut(added, Cut("seed", "p", NOW))

    ways.run(load)
    service = Service(KnowledgeBase(ENTRIES), {}, 1)
    settings = Settings(data_dir=tmp_path)
    entries = LiveEntries(lambda: service)
    editors = Editors(ways, lambda: service)
    made = mounted(api_app(Parts(ways, Cipher(SECRET), settings, lambda: NOW, entries, editors)))
    with made.client:
        yield made
    ways.close()


def test_an_entry_goes_live_through_three_hands(desk: Branch) -> None:
    """A trainer writes, another one reviews, a supervisor publishes; nobody does two of these."""
    client, writer, other = (
        desk.client,
        desk.token("trainer", "小王"),
        desk.token("trainer", "小李"),
    )
    lead = desk.token("supervisor", "老张")
    path = "/v1/knowledge/F300"
    made = client.post(f"{path}/draft", json=DRAFT, headers=writer)
    assert made.status_code == 201, made.text
    assert made.json()["author"] == "api:小王"
    assert client.get("/v1/knowledge/proposals", headers=other).json()["items"] == [made.json()]
    assert client.post(f"{path}/approve", json={}, headers=other).status_code == 409
    assert client.post(f"{path}/submit", json={}, headers=writer).status_code == 201
    own = client.post(f"{path}/approve", json={}, headers=writer)
    assert (own.status_code, own.json()["code"]) == (409, "refused")
    approved = client.post(f"{path}/approve", json={}, headers=other).json()
    assert (approved["state"], approved["reviewer"]) == ("approved", "api:小李")
    assert client.post("/v1/knowledge/releases", json={}, headers=writer).status_code == 403
    replayed = client.get("/v1/knowledge/replay?proposals=approved", headers=writer).json()
    assert replayed["to_explain"] == 0
    assert {change["after_entry"] for change in replayed["changes"]} == {"F300"}
    key = lead | {"Idempotency-Key": "release-1"}
    published = client.post("/v1/knowledge/releases", json={}, headers=key)
    assert (published.status_code, published.json()["number"]) == (201, 2)
    again = client.post("/v1/knowledge/releases", json={}, headers=key)
    assert again.content == published.content
    assert client.post("/v1/knowledge/releases", json={}, headers=lead).status_code == 409
    states = client.get(f"{path}/versions", headers=writer).json()["items"]
    assert [version["state"] for version in states] == ["published"]


def test_unexplained_changes_are_listed(desk: Branch) -> None:
    """409 with the questions, until the explanation is given; then a roll-back."""
    client, writer = desk.client, desk.token("trainer", "小王")
    lead = desk.token("admin", "管理员")
    desk.transactions.run(
        lambda uow: uow.test_questions.add(
            {"我想退保怎么办": "F125"}, "staff", "x", Cipher(SECRET), NOW
        )
    )
    gone = client.post("/v1/knowledge/F125/withdrawal", json={"note": "停办"}, headers=writer)
    assert gone.json()["gone"] is True
    client.post("/v1/knowledge/F125/submit", json={}, headers=writer)
    client.post("/v1/knowledge/F125/approve", json={}, headers=lead)
    refused = client.post("/v1/knowledge/releases", json={}, headers=lead)
    assert refused.status_code == 409
    assert "我想退保怎么办" in {error["field"] for error in refused.json()["errors"]}
    body = {"explanation": "停办退保"}
    assert client.post("/v1/knowledge/releases", json=body, headers=lead).json()["size"] == 3
    back = client.post("/v1/knowledge/releases/1/rollback", json={}, headers=lead).json()
    assert (back["number"], back["restores"], back["live"]) == (3, 1, True)
    first = client.get("/v1/knowledge/releases?limit=2", headers=writer).json()
    rest = client.get(
        f"/v1/knowledge/releases?limit=2&cursor={first['next_cursor']}", headers=writer
    ).json()
    assert [r["number"] for r in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None


def test_a_draft_with_faults_is_refused_by_field(desk: Branch) -> None:
    """The rules of the files hold here as well."""
    header = desk.token("trainer")
    bad = DRAFT | {"answer": "打 {hot line}", "audience": "everybody"}
    answer = desk.client.post("/v1/knowledge/F300/draft", json=bad, headers=header)
    assert answer.status_code == 422
    assert {e["field"] for e in answer.json()["errors"]} == {"body.answer", "body.audience"}
    rejected = desk.client.post("/v1/knowledge/F300/reject", json={"note": "x"}, headers=header)
    assert rejected.status_code == 409
    missing = desk.client.get("/v1/knowledge/F999/versions", headers=header)
    assert missing.status_code == 404


def test_proposals_turn_pages(desk: Branch) -> None:
    """In the order of their entries, each once."""
    header = desk.token("trainer")
    for number in (302, 300, 301):
        path = f"/v1/knowledge/F{number}/draft"
        assert desk.client.post(path, json=DRAFT, headers=header).status_code == 201
    first = desk.client.get("/v1/knowledge/proposals?limit=2", headers=header).json()
    address = f"/v1/knowledge/proposals?limit=2&cursor={first['next_cursor']}"
    rest = desk.client.get(address, headers=header).json()
    assert [v["entry"] for v in first["items"] + rest["items"]] == ["F300", "F301", "F302"]


def test_misses_become_knowledge(desk: Branch) -> None:
    """Clusters with counts and owner; one becomes a draft, another wordings of an entry."""
    message = InboundMessage("webchat", "web", "p", "k", NOW)

    def note(uow: UnitOfWork) -> None:
        conversation = uow.conversations.open(message, NOW)
        texts = ("养狗能上保险吗", "养狗可以上保险吗", "13800001111怎么办退保")
        for text in texts:
            uow.misses.note(conversation.id, "unanswered", text, {}, NOW)

    desk.transactions.run(note)
    header, client = desk.token("trainer", "小王"), desk.client
    listed = client.get("/v1/misses?limit=1", headers=header).json()
    assert [(c["leader"], c["count"]) for c in listed["items"]] == [("养狗能上保险吗", 2)]
    second = client.get(f"/v1/misses?limit=1&cursor={listed['next_cursor']}", headers=header).json()
    assert second["items"][0]["leader"] == "138****11怎么办退保"
    assert second["next_cursor"] is None
    taken = client.patch("/v1/misses/1", json={"state": "taken"}, headers=header).json()
    assert (taken["owner"], len(taken["questions"])) == ("api:小王", 2)
    draft = client.post("/v1/misses/1/draft", json={"answer": "可以。"}, headers=header).json()
    assert (draft["entry"], draft["body"]["variants"]) == ("F300", ["养狗可以上保险吗"])
    more = client.post("/v1/misses/2/variant", json={"entry": "F125"}, headers=header).json()
    assert more["body"]["variants"][-1] == "138****11怎么办退保"
    assert client.get("/v1/misses/9", headers=header).status_code == 409
    assert client.get("/v1/misses", headers=desk.token("agent")).status_code == 403
