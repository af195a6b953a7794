"""«答错了» on an answer of the bot: the editors have the question, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from storage.models.base import table_of
from storage.models.knowledge import KbMiss
from tests.bot.console.conftest import House

_miss = table_of(KbMiss)


def test_a_wrong_answer_is_one_press_away_from_the_editors(house: House) -> None:
    """The customer's question lies in the pool, the thread says who marked it, twice is once."""
    number = house.customer("交强险是什么")
    agent = house.log_in("王敏")
    rows = house.run(lambda uow: uow.conversations.after(number, 0, 9))
    answer = next(row for row in rows if row["body"].get("entry"))
    path = f"/console/c/{number}/wrong"
    assert "答错了" in agent.get(f"/console/c/{number}").text
    for _ in range(2):
        marked = agent.post(f"{path}/{answer['seq']}")
        assert marked.status_code == 200
    assert "王敏 标了「答错了」" in marked.text
    query = select(_miss.c.kind, _miss.c.text, _miss.c.entry)
    found: list[Any] = house.run(lambda uow: uow.connection.execute(query).all())
    assert found == [("unsolved", "交强险是什么", answer["body"]["entry"])]
    for seq in (1, 9_999):
        assert agent.post(f"{path}/{seq}").status_code == 409


def test_only_whoever_has_it_puts_it_aside_and_only_the_present_get_it(house: House) -> None:
    """A colleague is refused, a lead may; somebody who went home gets nothing."""
    number = house.customer("转人工")
    agent, other, lead = (house.log_in(name) for name in ("王敏", "李强", "刘洋"))
    agent.post(f"/console/c/{number}/take")
    aside = {"minutes": "30"}
    assert other.post(f"/console/c/{number}/snooze", data=aside).status_code == 409
    assert agent.post(f"/console/c/{number}/snooze", data=aside).status_code == 200
    assert other.post(f"/console/c/{number}/snooze", data={"minutes": "0"}).status_code == 200
    assert lead.post(f"/console/c/{number}/snooze", data=aside).status_code == 200
    refused = agent.post(f"/console/c/{number}/pass", data={"to": "agent:李强"})
    assert (refused.status_code, "不在线" in refused.text) == (409, True)
    other.post("/console/state", data={"state": "online"})
    assert agent.post(f"/console/c/{number}/pass", data={"to": "agent:李强"}).status_code == 200
