"""Normalisation: one spelling for what customers type."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.normalise import LIMIT, normalise
from knowledge_base.numerals import to_number, write_digits
from tests.effort import is_cut_first

CASES = [
    ("保單怎麼查", "保单怎么查"),
    ("ＡＢＣ１２３", "abc123"),
    ("VIN码", "vin码"),
    ("您好，请问交强险多少钱？谢谢", "交强险多少钱"),
    ("在吗 想问一下退保流程", "退保流程"),
    ("麻烦问下发票抬头能改吗，麻烦了", "发票抬头能改吗"),
    ("人工，帮我查保单", "帮我查保单"),
    ("人工坐席在哪儿找", "人工坐席在哪儿找"),
    ("您好", "您好"),
    ("谢谢", "谢谢"),
    ("二百万三者", "200万三者"),
    ("两年没出险", "2年没出险"),
    ("三个月", "3个月"),
    ("第三者责任险", "第三者责任险"),
    ("万一撞了人", "万一撞了人"),
    ("一下子", "一下子"),
    ("理陪要多久", "理赔要多久"),
    ("宝单没收到", "保单没收到"),
    ("交枪险", "交强险"),
    ("三着险", "三者险"),
    ("发飘开错了", "发票开错了"),
    ("投拆", "投诉"),
    ("续宝", "续保"),
    ("嘛时候到账", "什么时候到账"),
    ("要嘛材料", "要什么材料"),
    ("为嘛拒赔", "为什么拒赔"),
    ("咋退保", "怎么退保"),
    ("啥是代位求偿", "什么是代位求偿"),
    ("半拉月了", "半个月了"),
    ("自个儿撞墙", "自己撞墙"),
    ("车让人剐了", "车被剐蹭了"),
    ("赔么", "赔吗"),
    ("车损险赔么", "车损险赔吗"),
    ("能退不", "能退吗"),
    ("到账了没", "到账了吗"),
    ("为什么", "为什么"),
    ("怎么", "怎么"),
    ("保\u200b单\ufeff", "保单"),
    ("退保😊怎么办", "退保怎么办"),
    ("  \t\n ", ""),
    ("", ""),
    ("？？？", ""),
    ("app 下载不了", "app下载不了"),
    ("open the app", "open the app"),
    ("赔了80%吗", "赔了80%吗"),
]


@pytest.mark.parametrize(("written", "meant"), CASES)
def test_spelling(written: str, meant: str) -> None:
    """What is written in any way comes out in ours."""
    assert normalise(written) == meant


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("两百", 200), ("二百五十", 250), ("十", 10), ("十五", 15), ("三千零八", 3008), ("九", 9)],
)
def test_numerals(numeral: str, value: int) -> None:
    """Chinese numerals have their value."""
    assert to_number(numeral) == value


def test_set_phrases_keep_their_numerals() -> None:
    """Numerals that count nothing stay."""
    assert write_digits("第三方万一一个劲") == "第三方万一一个劲"


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_normalised(text: str) -> None:
    """No text breaks it, and the result is short."""
    assert len(normalise(text)) <= LIMIT


@settings(deadline=None)
@given(st.text(alphabet="保单理赔退投诉怎么吗的车险0123456789 ", max_size=60))
def test_normalising_twice_changes_little(text: str) -> None:
    """A normalised text stays short and free of spaces between Chinese characters."""
    once = normalise(text)
    assert "险 " not in once
    assert len(normalise(once)) <= len(once)


def test_a_huge_paste_is_cheap() -> None:
    """Only the beginning of a huge paste is looked at."""
    assert is_cut_first(normalise, "理赔材料")
