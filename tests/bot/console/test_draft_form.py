"""The customer's open form, put right by the agent who serves them."""

from __future__ import annotations

from sqlalchemy import select

from storage.models.case import Claim, Handoff
from storage.models.episode import ConsoleEvent
from tests.bot.console.conftest import House


def test_an_agent_corrects_the_draft_and_the_thread_says_who(house: House) -> None:
    """Said in words, read as the customer's would be; what cannot be read changes nothing."""
    house.customer("我要报案，车在津滨大道追尾了，津A12345，没人受伤")
    number = house.customer("转人工")
    agent, other = house.log_in("王敏"), house.log_in("李强")
    path = f"/console/c/{number}"
    assert 'name="slot"' in agent.post(f"{path}/take").text
    form = {"slot": "plate", "value": "津B88D66"}
    assert other.post(f"{path}/fact", data=form).status_code == 409
    page = agent.post(f"{path}/fact", data=form)
    assert page.status_code == 200, page.text
    assert "（王敏更正）" in page.text
    assert "更正「" in page.text
    wrong = agent.post(f"{path}/fact", data={"slot": "plate", "value": "没有这种车牌"})
    assert wrong.status_code == 409
    assert "没有改" in wrong.text
    assert agent.post(f"{path}/fact", data={"slot": "no_such", "value": "x"}).status_code == 409


def _alarms(house: House) -> list[dict[str, object]]:
    query = select(ConsoleEvent.data).where(ConsoleEvent.kind == "alarm")
    found: list[dict[str, object]] = house.run(lambda uow: list(uow.session.scalars(query)))
    return found


def test_somebody_hurt_in_the_draft_is_an_emergency_at_once(house: House) -> None:
    """The claim is there as P0, the desk is called, the agent is told what to say; once."""
    house.customer("我要报案，车在津滨大道追尾了，津A12345，没人受伤")
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/take")
    page = agent.post(f"/console/c/{number}/fact", data={"slot": "injured", "value": "有人受伤"})
    assert page.status_code == 200, page.text
    assert "先打 120" in page.text
    (claim,) = house.run(lambda uow: list(uow.session.scalars(select(Claim))))
    assert (claim.severity, claim.facts["injured"], claim.plate) == ("P0", True, "津A12345")
    assert claim.number in page.text
    (alarm,) = _alarms(house)
    assert (alarm["level"], alarm["why"]) == ("P0", "坐席更正：有人受伤")
    (handoff,) = house.run(lambda uow: list(uow.session.scalars(select(Handoff))))
    assert (handoff.level, handoff.status) == ("P0", "taken")
    # The customer goes on: it is the same claim.
    house.customer("我的电话是13800001111")
    agent.post(f"/console/c/{number}/fact", data={"slot": "phone", "value": "13800001111"})
    claims = house.run(lambda uow: list(uow.session.scalars(select(Claim.number))))
    assert claims == [claim.number]
    assert len(_alarms(house)) == 1
