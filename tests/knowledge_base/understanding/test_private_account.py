"""Money on its way to a private account brings a person at once; asking about it does not."""

from __future__ import annotations

import pytest

from knowledge_base.understanding.reader import SentenceReader

WARNED = (
    "业务员让我把保费转到他个人微信上",
    "你们业务员叫我付他支付宝",
    "经理要我把钱打到她自己的卡里",
    "销售催我扫他的收款码交保费",
    "保费我已经转给业务员私人账户了",
    "我昨天转给客户经理了三千",
    "小王让我直接转他微信",
    "钱打到代理人的银行卡了",
)
CALM = (
    "保费付到公司账户对吗",
    "怎么付款",
    "能不能转给业务员代交，合规吗",
    "业务员让我明天去网点交钱",
    "我让我老公付的保费",
    "业务员让我把行驶证拍给他",
    "退款转到我自己的卡",
    "赔款什么时候打给我",
)


@pytest.mark.parametrize("words", WARNED)
def test_paying_a_person_is_urgent(reader: SentenceReader, words: str) -> None:
    """P1, and the flow about payments begins."""
    fired = reader.read(words).escalation
    assert (fired.level, fired.start) == ("P1", "pay")


@pytest.mark.parametrize("words", CALM)
def test_other_talk_of_paying_is_not(reader: SentenceReader, words: str) -> None:
    """No other sentence about money sets this rule off."""
    assert reader.read(words).escalation.rule != "付到私人账户"
