"""Drafts: one text for all browsers of a person, and none written over unseen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from starlette.testclient import TestClient

from storage.models.base import table_of
from storage.models.episode import ConsoleEvent
from tests.bot.console.conftest import House

_event = table_of(ConsoleEvent)
KEY = "k-12345678"


def keep(browser: TestClient, number: int, text: str, seen: int, tab: str) -> tuple[int, Any]:
    """Save a draft; return the status and what the server has."""
    form = {"text": text, "seen": str(seen), "tab": tab}
    answer = browser.post(f"/console/c/{number}/draft", data=form)
    return answer.status_code, answer.json()


def test_two_browsers_never_write_over_each_other(house: House) -> None:
    """Who has not seen the newest text is refused and shown it; the same text is no conflict."""
    number = house.customer("转人工")
    one, two = house.log_in("王敏"), house.log_in("王敏")
    one.post(f"/console/c/{number}/take")
    assert keep(one, number, "两边草稿", 0, "a") == (
        200, {"text": "两边草稿", "rev": 1, "tab": "a"},
    )  # fmt: skip
    assert two.get(f"/console/c/{number}/draft").json()["rev"] == 1
    assert keep(two, number, "两边草稿 加一句", 1, "b")[1]["rev"] == 2
    refused = keep(one, number, "两边草稿 我改", 1, "a")
    assert refused == (409, {"text": "两边草稿 加一句", "rev": 2, "tab": "b"})
    assert keep(one, number, "两边草稿 加一句", 1, "a")[0] == 200
    assert 'data-rev="2"' in one.get(f"/console/c/{number}").text


def test_what_was_sent_leaves_every_browser_and_newer_words_stay(house: House) -> None:
    """Sending clears the draft it saw; what another browser wrote on since is kept."""
    number = house.customer("转人工")
    one, two = house.log_in("王敏"), house.log_in("王敏")
    one.post(f"/console/c/{number}/take")
    keep(one, number, "您好", 0, "a")
    said = {"text": "您好", "key": KEY, "draft": "1", "tab": "a"}
    one.post(f"/console/c/{number}/say", data=said)
    assert two.get(f"/console/c/{number}/draft").json() == {"text": "", "rev": 2, "tab": "a"}
    keep(one, number, "再说一句", 2, "a")
    keep(two, number, "再说一句，还有", 3, "b")
    said |= {"text": "再说一句", "key": "k-22345678", "draft": "3"}
    one.post(f"/console/c/{number}/say", data=said)
    assert two.get(f"/console/c/{number}/draft").json()["text"] == "再说一句，还有"


def test_other_pages_hear_of_it_once(house: House) -> None:
    """However long somebody writes, one event of it stands; nobody else's stream has it."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/take")
    for rev, text in enumerate(("您", "您好", "您好呀")):
        keep(agent, number, text, rev, "a")
    drafts = select(func.count()).where(_event.c.kind == "draft", _event.c.agent == "王敏")
    assert house.run(lambda uow: uow.connection.execute(drafts).scalar()) == 1


def test_bad_drafts_are_refused_and_foreign_ones_not_seen(house: House) -> None:
    """Too long, a page name of markup, another group's conversation: nothing is kept."""
    number = house.customer("转人工")
    agent, clerk = house.log_in("王敏"), house.log_in("陈立")
    agent.post(f"/console/c/{number}/take")
    for form in ({"text": "长" * 2_001}, {"text": "好", "tab": "<b>"}, {"text": "好", "seen": "x"}):
        assert agent.post(f"/console/c/{number}/draft", data=form).status_code == 422
    assert clerk.get(f"/console/c/{number}/draft").status_code == 409
    assert agent.get(f"/console/c/{number}/draft").json()["text"] == ""
