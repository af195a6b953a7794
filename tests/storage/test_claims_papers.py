"""The papers and facts of a claim, for every line."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desks import claim_facts
from bot.errors import Refused
from tests.storage.claims_kit import FACTS, Desk


def test_documents_must_be_there_before_they_are_complete(desk: Desk) -> None:
    """S46: what is missing is named; waiving takes a reason."""
    number = desk.open()
    desk.move(number, "contacted")
    with pytest.raises(Refused, match="驾驶证"):
        desk.move(number, "documents_complete")
    with pytest.raises(Refused, match="理由"):
        desk.document(number, "驾驶证", "waived")
    desk.document(number, "驾驶证", "waived", "承保时已留存")
    desk.all_documents(number)
    desk.document(number, "行驶证", "rejected", "看不清")
    with pytest.raises(Refused, match="行驶证"):
        desk.move(number, "documents_complete")
    desk.document(number, "行驶证")
    desk.move(number, "documents_complete")


def test_documents_are_asked_for_once(desk: Desk) -> None:
    """BXF 22: the notice names all that is open; another one takes a supervisor and a reason."""
    number = desk.open()
    desk.move(number, "contacted")
    desk.move(number, "documents_due", missing=["维修报价单"])
    asked = desk.events(number)[-1].data["missing"]
    assert "维修报价单" in asked
    assert "驾驶证" in asked
    desk.all_documents(number)
    desk.move(number, "documents_complete")
    with pytest.raises(Refused, match="一次性"):
        desk.move(number, "documents_due", missing=["驾驶人笔录"], reason="新情况")
    with pytest.raises(Refused, match="一次性"):
        desk.move(number, "documents_due", lead=True, missing=["驾驶人笔录"])
    desk.move(number, "documents_due", lead=True, missing=["驾驶人笔录"], reason="新情况")
    planned = desk.outbox("claim_reminder", "planned")
    assert [item.body["days"] for item in planned] == [3, 7, 15]
    assert "驾驶人笔录" in planned[0].body["text"]


def test_another_line_drops_what_only_the_first_needed(desk: Desk) -> None:
    """Opened in an emergency as a motor claim: a broken arm at home needs no driving licence."""
    number = desk.open(line="auto", injured=True, accident_type="fall")
    desk.document(number, "行驶证", "received")
    desk.amend(number, line="accident")
    names = {d.name for d in desk.documents(number)}
    assert "驾驶证" not in names
    assert "行驶证" in names, "what is there stays"
    assert any("病历" in name for name in names)


def test_photos_tick_what_they_are(desk: Desk) -> None:
    """A photo from the chat is one document less to ask for."""
    number = desk.open(accident_type="glass")
    before = {d.name: d.status for d in desk.documents(number)}
    assert before["受损玻璃照片"] == "wanted"
    desk.work(lambda s: _photo(desk, s, number))
    after = {d.name: d.status for d in desk.documents(number)}
    assert after["受损玻璃照片"] == "received"
    assert after["行驶证"] == "wanted"


def _photo(desk: Desk, steps: Any, number: str) -> None:
    from tests.bot.api.rows import conversation, photo  # noqa: PLC0415 - needs the table first

    steps.register.uow.session.add(conversation(77))
    steps.register.uow.session.flush()
    steps.register.uow.session.add(photo(number, 77))
    steps.register.uow.session.flush()
    steps.register.photos_came(steps.register.locked(number), 1)


def _must(line: str) -> set[str]:
    """Return what must be known of this line and of no other."""
    every = claim_facts.facts().must
    return {group[0] for group in every[line]} - {group[0] for group in every["auto"]}


def test_every_line_has_its_facts_and_papers(desk: Desk) -> None:
    """All lines of 3.2 can be reported, each with facts and documents of its own."""
    lists = []
    for line in ("auto", "home", "accident", "liability", "cargo", "property"):
        number = desk.open(line=line, accident_type="other", story="出事了", plate=None)
        claim = desk.claim(number)
        assert claim.status == "draft"
        said = dict.fromkeys(_must(line), "已知") | {"estimate_fen": 100, "plate": "津A12345"}
        desk.amend(number, **said)
        assert desk.claim(number).status == "contact_due"
        lists.append(tuple(document.name for document in desk.documents(number)))
    assert len(set(lists)) == len(lists)


def test_facts_are_enough() -> None:
    """The kit's own facts are complete, or every test above would say nothing."""
    assert {"happened_at", "place", "phone", "plate", "accident_type"} <= FACTS.keys()
