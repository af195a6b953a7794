"""Roles with one trade at the desk: their queue, their conversations, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.dialogue import phrases
from storage.models.case import Handoff
from tests.bot.console.conftest import House


def waiting(house: House, skill: str, peer: str) -> int:
    """Let a customer wait in the queue of a skill."""
    number = house.customer("转人工", peer)
    change = update(Handoff).where(Handoff.conversation_id == number)
    house.run(lambda uow: uow.connection.execute(change.values(skill=skill)))
    return number


@pytest.mark.parametrize(
    ("name", "skill"),
    [("陈立", "claims"), ("赵颖", "complaints"), ("周正", "underwriting"), ("孙倩", "sales")],
)
def test_a_trade_serves_its_own_queue(house: House, name: str, skill: str) -> None:
    """They see and take what waits for them, write, and give it back."""
    mine, other = waiting(house, skill, "p1"), waiting(house, "general", "p2")
    clerk = house.log_in(name)
    listed = clerk.get("/console/inbox/list?tab=queue").text
    assert f'data-id="{mine}"' in listed
    assert f'data-id="{other}"' not in listed
    assert 'data-queue="1"' in listed
    assert clerk.get(f"/console/c/{other}").status_code == 409
    assert clerk.post(f"/console/c/{other}/take").status_code == 409
    assert clerk.post(f"/console/c/{mine}/take").status_code == 200
    said = clerk.post(f"/console/c/{mine}/say", data={"text": "我来看", "key": "k-12345678"})
    assert "我来看" in said.text
    assert (
        "已经不在您这一组"
        in clerk.post(f"/console/c/{mine}/close", data={"reason": "咨询", "solved": "yes"}).text
    )
    assert clerk.get(f"/console/c/{mine}").status_code == 409


def test_who_goes_online_is_on_the_floor_with_their_skill(house: House) -> None:
    """The supervisor sees them; the queue offers them what is theirs."""
    clerk = house.log_in("陈立")
    assert clerk.post("/console/state", data={"state": "online"}).status_code == 200
    assert "陈立" in house.log_in("刘洋").get("/console/floor").text
    [agent] = house.run(lambda uow: list(uow.floor.agents()))
    assert agent.skills == {"claims"}


def test_a_break_has_a_reason(house: House) -> None:
    """Without one it is refused; with one the supervisor reads it."""
    agent = house.log_in("王敏")
    assert agent.post("/console/state", data={"state": "online"}).status_code == 200
    assert agent.post("/console/state", data={"state": "away"}).status_code == 409
    assert "小休·吃饭" in agent.post("/console/state", data={"state": "away:吃饭"}).text
    assert "小休：吃饭" in house.log_in("刘洋").get("/console/floor").text


@pytest.mark.parametrize(
    "path",
    [
        "/console/c/99999999999999999999999",
        "/console/c/1/thread?before=99999999999999999999",
        "/console/inbox?c=99999999999999999999",
    ],
)
def test_a_number_beyond_all_is_nobodys(house: House, path: str) -> None:
    """It is not found; nothing breaks."""
    house.customer("转人工")
    assert house.log_in("王敏").get(path).status_code in (404, 409, 422)


def test_what_is_too_long_says_how_long(house: House) -> None:
    """The sentence names the limit and what was written."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/take")
    form = {"text": "长" * 2100, "key": "k-12345678"}
    answer = agent.post(f"/console/c/{number}/say", data=form)
    assert answer.status_code == 422
    assert "最多 2000 字，现在是 2100 字" in answer.text


def test_a_restart_throws_nobody_out(house: House) -> None:
    """Absence is counted from when the process could hear anybody."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    house.run(lambda uow: uow.floor.beat("王敏", house.moment))
    agent.post(f"/console/c/{number}/take")
    house.later(minutes=5)
    # The process starts anew: its keeper has heard nobody yet.
    keeper = replace(house.app.queue_keeper, started=house.moment)
    house.run(lambda uow: keeper.keep(uow, house.moment))
    assert 'data-mine="yes"' in agent.get(f"/console/c/{number}").text
    house.later(seconds=house.app.settings.desk.gone_seconds + 1)
    house.run(lambda uow: keeper.keep(uow, house.moment))
    assert 'data-mine=""' in agent.get(f"/console/c/{number}").text


def test_the_expected_wait_makes_sense() -> None:
    """No «at once» with minutes behind it, hours instead of hundreds of minutes, nobody there."""
    assert phrases.ahead(0) == "马上就到您"
    assert phrases.ahead(0, 20) == "下一位就是您，大约等 20 分钟"
    assert "12 小时" in phrases.ahead(45, 690)
    assert phrases.ahead(0, phrases.NOBODY_FREE) == "同事现在都没有空，一有空就接您"
