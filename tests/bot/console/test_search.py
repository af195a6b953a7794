"""The search box: what is found, by whom, and that it is written down."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.models.base import table_of
from storage.models.customer import AccessLog
from tests.bot.console.conftest import House

_log = table_of(AccessLog)


def test_words_lead_to_the_message_in_its_conversation(house: House) -> None:
    """The hit names who said it, and its link opens the thread at that place."""
    number = house.customer("我在津滨大道蹭了护栏，电话13912345678")
    agent = house.log_in("王敏")
    page = agent.get("/console/search", params={"q": "津滨大道"}).text
    assert f"c={number}&amp;at=1" in page
    assert "13912345678" not in page
    opened = agent.get(f"/console/inbox?tab=all&c={number}&at=1").text
    assert "looked-up" in opened


def test_looking_for_somebody_is_written_down(house: House) -> None:
    """Who was found and with which words; numbers in them are masked."""
    house.customer("我在津滨大道，电话 13912345678")
    house.log_in("王敏").get("/console/search", params={"q": "13912345678"})
    query = select(_log.c.actor, _log.c.what, _log.c.reason).where(_log.c.what.like("%found"))
    rows = house.run(lambda uow: list(uow.connection.execute(query)))
    assert [row.actor for row in rows] == ["王敏"]
    assert "13912345678" not in rows[0].reason


@pytest.mark.parametrize("name", ["陈立", "孙倩", "周正", "吴静", "赵颖"])
def test_conversations_are_found_by_those_who_may_open_them(house: House, name: str) -> None:
    """Everybody has the box; what a role may not read is not in the results."""
    house.customer("我在津滨大道蹭了护栏")
    page = house.log_in(name).get("/console/search", params={"q": "津滨大道"})
    assert page.status_code == 200
    assert "津滨大道蹭" not in page.text


def test_what_was_typed_is_only_text(house: House) -> None:
    """Markup in the query and in a hit is shown as typed; short ones get a hint."""
    house.customer("<img src=x onerror=alert(1)> 津滨大道")
    agent = house.log_in("王敏")
    for q in ("<script>alert(1)</script>", "津滨大道"):
        page = agent.get("/console/search", params={"q": q}).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "至少两个字" in agent.get("/console/search", params={"q": "津"}).text


def test_a_claim_is_found_by_number_and_by_what_happened(house: House) -> None:
    """The tail of the number and the place of the accident lead to its page."""
    for text in ("我刚才在海河东路追尾了，没人受伤，电话13912345678，津A12345", "没有别的了", "对"):
        house.customer(text)
    claims = house.log_in("陈立")
    page = claims.get("/console/search", params={"q": "海河东路"}).text
    assert "/console/claims/CL" in page
    tail = page.split("/console/claims/CL")[1].split('"')[0][-6:]
    assert f"{tail}" in claims.get("/console/search", params={"q": tail}).text
    assert "/console/claims/" in claims.get("/console/search", params={"q": tail}).text
