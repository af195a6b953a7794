"""WeChat's allowance at the desk: what is left, what was kept, and why something failed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.console.reasons import in_words
from bot.dialogue.message import InboundMessage
from bot.result import Claim
from storage.after_sending import NO_ALLOWANCE
from storage.models.base import table_of
from storage.models.outbox import OutboxItem
from tests.bot.console.conftest import House
from tests.bot.console.test_together import key, last, settle

_item = table_of(OutboxItem)


def wechat(house: House, text: str) -> int:
    """Let a customer of the public account say something."""
    house.said += 1
    message = InboundMessage("wechat", "gh", "o1", f"w{house.said}", house.moment, text)
    turn = house.app.engine.turn
    return int(house.run(lambda uow: turn(uow, message, house.moment, Claim()).conversation))


def spend_all(house: House, number: int) -> None:
    """Everything so far has left as customer-service messages."""
    change = (
        _item.update()
        .where(_item.c.conversation_id == number)
        .values(way="custom", cost=3, status="sent", sent_at=house.moment)
    )
    house.run(lambda uow: uow.connection.execute(change))


def test_what_wechat_does_not_allow_is_kept_and_offered_again(house: House) -> None:
    """The composer says that nothing is left; the next word of the customer brings «再发»."""
    number = wechat(house, "转人工")
    agent = house.log_in("王敏")
    taken = agent.post(f"/console/c/{number}/take")
    assert "还能发" in taken.text
    agent.post(f"/console/c/{number}/say", data={"text": "第一句", "key": key(1)})
    spend_all(house, number)
    agent.post(f"/console/c/{number}/say", data={"text": "第二句", "key": key(2)})
    seq = last(house, number)
    settle(house, number, seq, "undeliverable", NO_ALLOWANCE)
    page = agent.get(f"/console/c/{number}").text
    assert "条数用完了" in page
    assert "客户再说话时可以再发" in page
    assert f"/retry/{seq}" not in page
    assert agent.post(f"/console/c/{number}/resend").status_code == 409
    house.moment += timedelta(minutes=1)
    wechat(house, "在")
    news = agent.get(f"/console/c/{number}/thread").text
    assert f"/console/c/{number}/resend" in news
    assert "还能发" in news
    assert agent.post(f"/console/c/{number}/resend").status_code == 200
    query = _item.select().where(_item.c.dedupe_key == f"said:{number}:{seq}")
    assert house.run(lambda uow: uow.connection.execute(query).mappings().one()["status"]) == "due"


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("45002 our message is wrong", "太长"),
        ("-1 platform busy", "忙"),
        ("45047 allowance of the interaction used up", "再说话"),
        ("connection broke after sending: ConnectionError", "没有回话"),
        ("answer is not a JSON object", "没有回话"),
        ("99999 unexpected error code", "管理员"),
        ("没有配置渠道 sms", "管理员"),
        ("没有发出：之后有工作人员接手了会话", "接手"),
    ],
)
def test_reasons_are_plain_words(reason: str, says: str) -> None:
    """No code and no English reaches staff."""
    words = in_words(reason)
    assert says in words
    assert not any(letter.isascii() and letter.isalnum() for letter in words.replace("48", ""))


def test_suggestions_follow_the_last_words_and_not_the_wish_for_a_person(house: House) -> None:
    """«人工» suggests nothing; the next question does, with the renewed thread."""
    number = house.customer("人工")
    agent = house.log_in("王敏")
    taken = agent.post(f"/console/c/{number}/take").text
    assert 'class="suggestions"' not in taken
    house.customer("交强险赔多少")
    assert "交强险" in agent.get(f"/console/c/{number}/thread").text.split('class="suggestions"')[1]


def test_an_agent_is_not_offered_what_a_colleague_serves(house: House) -> None:
    """Who leads may take over; an agent is told whom to ask."""
    number = house.customer("转人工")
    house.log_in("王敏").post(f"/console/c/{number}/take")
    page = house.log_in("李强").get(f"/console/c/{number}").text
    assert f"/console/c/{number}/take" not in page
    assert "请王敏转给您" in page
    assert f"/console/c/{number}/take" in house.log_in("刘洋").get(f"/console/c/{number}").text
