"""The kinds of change: what customers say, and what is told to a clerk who writes one wrongly."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bot.desks.changes import FILE, changes, read
from bot.dialogue.fold import fold
from bot.errors import ConfigurationError
from intents.endorse import Endorse
from tests.fakes import NOON

TABLE = yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("我换手机号了", "phone"),
        ("搬家了改地址", "contact"),
        ("名字打错一个字", "name"),
        ("车过户了保险咋弄", "transfer"),
        ("买的二手车 保险怎么转", "transfer"),
        ("改车牌", "plate"),
        ("新车上牌了 补一下", "plate"),
        ("我想开网约车", "use"),
        ("加个司机", "driver"),
        ("想加三者", "add_cover"),
        ("我要给保单加个附加险", "add_cover"),
        ("划痕险不要了 减保", "cut_cover"),
        ("保险期间能改吗", "period"),
        ("起保日往后推迟几天 改一下日期", "period"),
        ("有个新职员工要加到名单里", "insured"),
        ("改受益人", "beneficiary"),
    ],
)
def test_customers_words_name_the_kind(words: str, code: str) -> None:
    """What domain.md lists under 批改, as people say it."""
    found = Endorse.kind.type.answer(fold(words), NOON)
    assert found is not None
    assert found.value == code


def test_what_asks_for_staff_is_v3() -> None:
    """domain.md 5.7: phone, policyholder, surrender."""
    v3 = {code for code, change in changes().items() if change.level == "V3"}
    assert {"phone", "transfer", "surrender"} <= v3


def test_no_kind_promises_an_amount() -> None:
    """Nothing in the table names a sum or a rate."""
    text = FILE.read_text(encoding="utf-8")
    assert "%" not in text
    assert "元" not in text


def _broken(**changed: Any) -> dict[str, Any]:
    first = {**TABLE["changes"][0], **changed}
    kept = {k: v for k, v in first.items() if v is not None}
    return {"changes": [kept, *TABLE["changes"][1:]]}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, "要有 changes"),
        ({"changes": ["x"]}, "第 1 条"),
        (_broken(title=None), "缺少 title"),
        (_broken(colour="red"), "不认识 colour"),
        (_broken(level="V9"), "V2 或 V3"),
        (_broken(words="("), "不是有效的正则"),
        (_broken(code="Phone"), "小写字母"),
        (_broken(code="contact"), "contact 重复"),
        (_broken(documents=[1]), "documents 里每一项"),
        (_broken(only="before_start"), "otherwise"),
        (_broken(money="lots"), "charge、refund"),
        ({"changes": TABLE["changes"][:3]}, "缺少 surrender"),
    ],
)
def test_a_mistake_is_named_with_its_place(table: Any, said: str) -> None:
    """File, entry and remedy in one Chinese sentence."""
    with pytest.raises(ConfigurationError, match=said) as caught:
        read(table)
    assert FILE.name in str(caught.value)
