"""The customer's open form, put right by the agent who serves them."""

from __future__ import annotations

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
