"""The agents' desk: what is shown, what may be done, and what a customer's words cannot do."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.channels.webchat.service import EngineChat
from storage.models.base import table_of
from storage.models.customer import AccessLog
from tests.bot.console.conftest import House

_log = table_of(AccessLog)
KEY = "k-12345678"


def test_a_waiting_customer_is_in_the_queue_and_can_be_taken(house: House) -> None:
    """From «人工» to the thread with composer; the second agent is told who was faster."""
    number = house.customer("转人工")
    first, second = house.log_in("王敏"), house.log_in("李强")
    listed = first.get("/console/inbox/list?tab=queue").text
    assert f'data-id="{number}"' in listed
    taken = first.post(f"/console/c/{number}/take", data={"seen": 1})
    assert 'data-mode="say"' in taken.text
    late = second.post(f"/console/c/{number}/take", data={"seen": 1}, headers={"HX-Request": "1"})
    assert late.status_code == 409
    assert "王敏" in late.text
    assert 'data-mode="say"' not in second.get(f"/console/c/{number}").text


def test_a_reply_is_sent_once_however_often_it_is_pressed(house: House) -> None:
    """The same key is one message; without the floor nothing is sent."""
    number = house.customer("转人工")
    agent, other = house.log_in("王敏"), house.log_in("李强")
    agent.post(f"/console/c/{number}/take")
    for _ in range(3):
        answer = agent.post(f"/console/c/{number}/say", data={"text": "您好呀", "key": KEY})
        assert answer.status_code == 200
    assert answer.text.count("您好呀") == 1
    refused = other.post(f"/console/c/{number}/say", data={"text": "插一句", "key": KEY})
    assert refused.status_code == 409
    empty = agent.post(f"/console/c/{number}/say", data={"text": "  ", "key": KEY})
    assert empty.status_code == 409


def test_a_note_stays_among_colleagues(house: House) -> None:
    """Notes are in the thread of the console and never on the customer's page."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/note", data={"text": "脾气急，先道歉"})
    assert "脾气急" in agent.get(f"/console/c/{number}/thread").text
    chat: EngineChat = house.app.chat

    async def events() -> list[str]:
        return [str(e.body.get("text")) for e in await chat.events_after("p1", 0, 100)]

    import asyncio  # noqa: PLC0415

    assert not any("脾气急" in text for text in asyncio.run(events()))


def test_what_customers_write_is_text(house: House) -> None:
    """Markup in a message is shown as it was typed, in list and thread."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    number = house.customer(evil)
    house.customer("转人工")
    agent = house.log_in("王敏")
    for path in ("/console/inbox/list?tab=all", f"/console/c/{number}", "/console/inbox"):
        html = agent.get(path).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    assert "&lt;script&gt;" in agent.get(f"/console/c/{number}").text


def test_a_draft_waits_on_the_server(house: House) -> None:
    """What was begun is there again, for its writer alone, until it is sent."""
    number = house.customer("转人工")
    agent, other = house.log_in("王敏"), house.log_in("刘洋")
    agent.post(f"/console/c/{number}/take")
    agent.post(f"/console/c/{number}/draft", data={"text": "您说的那张发票"})
    assert "您说的那张发票" in agent.get(f"/console/c/{number}").text
    assert "您说的那张发票" not in other.get(f"/console/c/{number}").text
    agent.post(f"/console/c/{number}/say", data={"text": "您说的那张发票在办", "key": KEY})
    assert '">您说的那张发票</textarea>' not in agent.get(f"/console/c/{number}").text


def test_ending_gives_it_back_with_a_wrap_up(house: House) -> None:
    """The bot has it again, a second press ends nothing more, and old views do nothing."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/take")
    form = {"reason": "咨询", "solved": "yes", "follow_up": "", "seen": 2}
    ended = agent.post(f"/console/c/{number}/close", data=form)
    assert "机器人正在服务" in ended.text
    again = agent.post(f"/console/c/{number}/close", data=form)
    assert (again.status_code, again.text.count("人工服务先到这里")) == (200, 1)
    old = agent.post(f"/console/c/{number}/close", data={**form, "seen": 1})
    assert old.status_code == 409


@pytest.mark.parametrize("name", ["吴静"])
def test_other_roles_do_not_read_conversations(house: House, name: str) -> None:
    """Who does not serve customers is refused the desk and everything on it."""
    number = house.customer("转人工")
    browser = house.log_in(name)
    for path in ("/console/inbox", f"/console/c/{number}", "/console/inbox/list"):
        assert browser.get(path).status_code == 403
    assert browser.post(f"/console/c/{number}/take").status_code == 403


def test_looking_is_written_down(house: House) -> None:
    """Whose words an agent has read stands in the access log."""
    number = house.customer("转人工")
    house.log_in("王敏").get(f"/console/c/{number}")
    query = select(_log.c.actor, _log.c.conversation_id).where(_log.c.what.like("conversation%"))
    assert house.run(lambda uow: list(uow.connection.execute(query))) == [("王敏", number)]


def test_bad_input_is_a_sentence(house: House) -> None:
    """Numbers that are none, unknown conversations and unknown colleagues: never a fault."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/take")
    for path in ("/console/c/999999", "/console/c/abc", "/console/inbox?c=-1", "/console/nix"):
        answer = agent.get(path)
        assert answer.status_code in (404, 409, 422), path
        assert "Traceback" not in answer.text
    for form in ({"to": "agent:没有这个人"}, {"to": "x" * 300}, {}):
        assert agent.post(f"/console/c/{number}/pass", data=form).status_code in (409, 422)
    long = agent.post(f"/console/c/{number}/say", data={"text": "长" * 3000, "key": KEY})
    assert long.status_code == 422
