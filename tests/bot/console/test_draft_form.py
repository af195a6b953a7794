"""The customer's open form, put right by the agent who serves them."""

from __future__ import annotations

from sqlalchemy import select
from starlette.testclient import TestClient

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


def _hurt(house: House) -> tuple[int, TestClient]:
    """A customer of 王敏 who said that nobody was hurt, put right: somebody was."""
    house.customer("我要报案，昨天下午三点车在津滨大道追尾了，津A12345，没人受伤")
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/take")
    agent.post(f"/console/c/{number}/fact", data={"slot": "plate", "value": "津B88D66"})
    agent.post(f"/console/c/{number}/fact", data={"slot": "injured", "value": "有人受伤"})
    return number, agent


def _claim(house: House) -> Claim:
    (claim,) = house.run(lambda uow: list(uow.session.scalars(select(Claim))))
    assert isinstance(claim, Claim)
    return claim


def test_the_claim_says_that_the_agent_wrote_it_and_what_stood_there(house: House) -> None:
    """What the customer said is theirs; what was put right before and after is the agent's."""
    number, agent = _hurt(house)
    claim = _claim(house)
    agent.post(f"/console/c/{number}/fact", data={"slot": "place", "value": "卫津路"})
    page: str = agent.get(f"/console/claims/{claim.number}").text
    facts = page.split('<dl class="facts">')[1].split("</dl>", maxsplit=1)[0]

    def told(label: str) -> str:
        return facts.split(f"<dt>{label}</dt>")[1].split("</div>")[0]

    assert "<dd>是<small>王敏" in told("有人受伤")
    assert "原来是「否」" in told("有人受伤")
    assert "王敏" in told("车牌号")
    assert "原来是「津A12345」" in told("车牌号")
    assert "卫津路" in told("出险地点")
    assert "王敏" in told("出险地点")
    assert "客户" in told("出险时间")


def test_an_emergency_takes_nothing_from_the_agents_view(house: House) -> None:
    """Line, time and plate stand there and may be put right, on the claim too."""
    number, agent = _hurt(house)
    side = agent.get(f"/console/c/{number}/side").text
    for label in ("险种", "出险时间", "车牌号", "事故类型"):
        assert f"<dt>{label}</dt>" in side, label
    for slot in ("line", "happened_at", "plate", "drivable", "reporter"):
        assert f'<option value="{slot}">' in side, slot
    agent.post(f"/console/c/{number}/fact", data={"slot": "happened_at", "value": "昨天下午四点"})
    assert "T16:00" in _claim(house).facts["happened_at"]


def test_after_it_the_customer_goes_on_with_the_same_claim(house: House) -> None:
    """The form remembers its claim when the bot has it again."""
    number, agent = _hurt(house)
    agent.post(f"/console/c/{number}/close", data={"reason": "咨询", "solved": "yes"})
    house.customer("我姓王，电话13800001111")
    assert _claim(house).facts["phone"] == "13800001111"


def test_a_second_press_writes_no_second_note(house: House) -> None:
    """What stands there already changes nothing and calls nobody."""
    number, agent = _hurt(house)
    form = {"slot": "injured", "value": "有人受伤"}
    assert agent.post(f"/console/c/{number}/fact", data=form).status_code == 200
    thread = agent.get(f"/console/c/{number}/thread").text
    assert thread.count("更正「有人受伤」") == 1
    assert len(_alarms(house)) == 1
