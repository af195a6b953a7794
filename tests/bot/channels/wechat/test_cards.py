"""Articles with a picture: after the words that say the same, or as those words (S12, S13)."""

from __future__ import annotations

import json

import pytest

from bot.channels.wechat.text import plan
from bot.dialogue.message import Card, Reply
from bot.errors import OutcomeUnknown, Unreachable
from tests.bot.channels.wechat.api_world import SEND, World
from tests.bot.channels.wechat.fake_api import Fault

CARD = Card(
    "机动车商业保险 电子保单", "20 分钟内有效", "https://b.cn/papers/x", "https://b.cn/c.png"
)
BODY = Reply("机动车商业保险 电子保单\nhttps://b.cn/papers/x", cards=(CARD,)).to_json()


def test_s13_the_words_come_first_and_the_cards_after(world: World) -> None:
    """The response carries the link in words; what the outbox sends is the article alone."""
    planned = plan([Reply("您的电子保单：\nhttps://b.cn/papers/x", ("验真",), cards=(CARD, CARD))])
    assert "https://b.cn/papers/x" in planned.now[0].text
    assert not planned.now[0].cards
    assert [reply.cards for reply in planned.later] == [(CARD,), (CARD,)]
    world.send(planned.later[0].to_json())
    (sent,) = world.api.sent
    assert sent["msgtype"] == "news"
    (article,) = sent["news"]["articles"]
    assert (article["url"], article["picurl"]) == (CARD.url, CARD.picture)
    assert "电子保单".encode() in world.api.bodies[0]


def test_s13_a_refused_card_becomes_its_words(world: World) -> None:
    """Not taken by the platform: the customer gets text and link instead, once."""
    world.api.fail(SEND, Fault(code=45008))
    world.send(BODY)
    (sent,) = world.api.sent
    assert sent["text"]["content"] == BODY["text"]


def test_who_cannot_be_reached_gets_no_words_either(world: World) -> None:
    """Outside the window nothing is tried a second time; an unknown outcome is not repeated."""
    world.api.fail(SEND, Fault(code=45015))
    with pytest.raises(Unreachable):
        world.send(BODY)
    world.api.fail(SEND, Fault(reset=True))
    with pytest.raises(OutcomeUnknown):
        world.send(BODY)
    assert world.api.sent == []


def test_a_stored_card_is_sent_as_it_was(world: World) -> None:
    """What the outbox keeps is JSON: read back it is the same reply."""
    reply = Reply("字", ("钮",), cards=(CARD,))
    assert Reply.from_json(json.loads(json.dumps(reply.to_json()))) == reply


def test_no_turn_spends_the_whole_allowance_on_pictures() -> None:
    """Five messages follow one of the customer's; three cards are the most."""
    planned = plan([Reply("四份", cards=(CARD,) * 4)])
    assert len(planned.later) == 3
