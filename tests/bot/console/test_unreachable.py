"""Who cannot be written to and which way is left; what a platform told; words that changed."""

from __future__ import annotations

from functools import partial
from typing import Literal

import pytest
from sqlalchemy import select, update

from bot.console.unreachable import in_words
from bot.dialogue.message import InboundMessage
from storage.crypto import Cipher
from storage.models.conversation import Conversation
from storage.unit_of_work import UnitOfWork
from storage.unreachable import WayLeft, ways_left
from tests.bot.console.conftest import House
from tests.conftest import SECRET
from tests.storage.identity_kit import DOCUMENT, PHONE, customer


def _comes(house: House, text: str = "", event: str = "", peer: str = "o1", ref: str = "") -> int:
    """Let something come in over Telegram; return the conversation."""
    house.said += 1
    kind: Literal["event", "text"] = "event" if event and event != "edited" else "text"
    key = f"u{house.said}"
    message = InboundMessage(
        "telegram", "7", peer, key, house.moment, text, kind=kind, event=event, ref=ref
    )
    return house.app.transactions.run(partial(house._turn, message))


def _bind(house: House, *peers: str) -> None:
    def work(uow: UnitOfWork) -> None:
        one = customer(Cipher(SECRET), "c1", PHONE, DOCUMENT)
        uow.session.add(one)
        uow.session.flush()
        mine = update(Conversation).where(Conversation.peer.in_(peers))
        uow.session.execute(mine.values(customer_id=one.id))

    house.run(work)


def test_whoever_left_is_said_to_be_gone_with_the_way_that_is_left(house: House) -> None:
    """By telephone; on another channel; not at all; and back again nothing is said."""
    number = _comes(house, "在吗")
    agent = house.log_in("王敏")
    page = f"/console/c/{number}"
    assert "联系不上" not in agent.get(page).text
    _comes(house, event="unsubscribe")
    shown = agent.get(page).text
    assert "客户停用了机器人，这里发不到了。没有别的联系方式" in shown
    _bind(house, "o1")
    assert f"可以打电话 {PHONE[:3]}****{PHONE[-4:]}" in agent.get(page).text
    assert PHONE not in agent.get(page).text
    other = _comes(house, "你好", peer="o2")
    house.run(
        lambda uow: (
            uow.session.execute(
                update(Conversation)
                .where(Conversation.id == other)
                .values(
                    channel="wechat",
                    customer_id=select(Conversation.customer_id)
                    .where(Conversation.id == number)
                    .scalar_subquery(),
                )
            )
            and None
        )
    )
    shown = agent.get(page).text
    assert "可以在微信里回" in shown
    assert f"c={other}" in shown
    _comes(house, event="subscribe")
    assert "联系不上" not in agent.get(page).text


def test_the_list_says_so_too(house: House) -> None:
    """The way that is left stands in the row; of the others the rows say nothing."""
    number, other = _comes(house, "在吗"), _comes(house, "在吗", peer="o2")
    _bind(house, "o1")
    _comes(house, event="unsubscribe")
    shown = house.log_in("王敏").get("/console/inbox/list?tab=bot").text
    gone, _, _ = shown[shown.index(f'id="row-{number}"') :].partition("</li>")
    there, _, _ = shown[shown.index(f'id="row-{other}"') :].partition("</li>")
    assert "联系不上，打电话" in gone
    assert "[不再关注]" in gone
    assert "联系不上" not in there


def test_leaving_is_no_word_of_the_customers(house: House) -> None:
    """It stands in the thread as what happened: no empty bubble of theirs."""
    number = _comes(house, "在吗")
    _comes(house, event="unsubscribe")
    page = house.log_in("王敏").get(f"/console/c/{number}").text
    assert "客户停用了机器人，之后发不到" in page
    assert page.count('class="msg from-customer') == 1
    house.run(
        lambda uow: uow.session.execute(update(Conversation).values(channel="wechat")) and None
    )
    assert "客户取消了关注，之后发不到" in house.log_in("王敏").get(f"/console/c/{number}").text


def test_changed_words_are_marked_and_the_old_ones_kept(house: House) -> None:
    """Twice changed: each shows what it was before; a later page says that it is further up."""
    number = _comes(house, "我的车牌是津A12345", ref="11")
    _comes(house, "我的车牌是津A54321", event="edited", ref="11")
    _comes(house, "我的车牌是津B54321", event="edited", ref="11")
    page = house.log_in("王敏").get(f"/console/c/{number}").text
    assert page.count(">改过，原来：") == 2
    assert "<s>我的车牌是津A12345</s>" in page
    assert "<s>我的车牌是津A54321</s>" in page
    assert page.count("这一句后来改过") == 2


@pytest.mark.parametrize(
    ("left", "brief", "way"),
    [
        (WayLeft("wechat"), "联系不上", "没有别的联系方式"),
        (WayLeft("wechat", 4, "telegram"), "联系不上，改用Telegram", "可以在Telegram里回"),
        (WayLeft("telegram", phone="138****0001"), "联系不上，打电话", "可以打电话 138****0001"),
        (WayLeft("telegram", claim="CL1"), "联系不上，打报案电话", "报案时留的电话"),
    ],
)
def test_each_way_has_its_words(left: WayLeft, brief: str, way: str) -> None:
    """Short in a list, whole over the conversation."""
    found = in_words(left)
    assert found.brief == brief
    assert way in found.way


def test_where_everybody_is_there_one_question_is_asked(house: House) -> None:
    """The list asks for fifty at once; nobody gone costs nothing more."""
    numbers = [_comes(house, "在吗", peer=f"o{n}") for n in range(3)]
    assert house.app.transactions.read(lambda uow: ways_left(uow.connection, numbers)) == {}
    assert house.app.transactions.read(lambda uow: ways_left(uow.connection, [])) == {}
