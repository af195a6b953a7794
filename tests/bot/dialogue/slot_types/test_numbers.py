"""Policy and record numbers, money, people."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.chinese_numbers import integer
from bot.dialogue.slot_types.numbers import (
    claim_number,
    complaint_number,
    money,
    people,
    policy_number,
)

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("七", 7),
        ("十", 10),
        ("十七", 17),
        ("二十", 20),
        ("廿五", 25),
        ("一百零五", 105),
        ("三百五", 350),
        ("两千八", 2800),
        ("一万二", 12000),
        ("三万五千", 35000),
        ("二十五", 25),
        ("俩", 2),
        ("仨", 3),
        ("42", 42),
        ("十万", 100000),
        ("车", None),
    ],
)
def test_integers(text: str, value: int | None) -> None:
    """Chinese numerals, also with the last unit left out."""
    assert integer(text) == value


@pytest.mark.parametrize(
    ("text", "volunteered", "asked"),
    [
        ("TATJ20260208000155", "TATJ20260208000155", "TATJ20260208000155"),
        ("保单tatj-20260208-000155", "TATJ20260208000155", "TATJ20260208000155"),
        ("保单号是20260208000155", "20260208000155", "20260208000155"),
        ("20260208000155", None, "20260208000155"),
        ("PDZA202512120000012345", "PDZA202512120000012345", "PDZA202512120000012345"),
        ("13800000000", None, None),
        ("11010519491231002X", None, None),
        ("CL20261122000017", None, None),
        ("运单号YT8830012345", None, "YT8830012345"),
        ("津A12345", None, None),
        ("TATJ123", None, None),
    ],
)
def test_policy_numbers(text: str, volunteered: str | None, asked: str | None) -> None:
    """Unasked, a policy number carries letters or is called one."""
    found, answer = policy_number.find(text, NOW), policy_number.answer(text, NOW)
    assert (found and found.value) == volunteered
    assert (answer and answer.value) == asked


@pytest.mark.parametrize(
    ("text", "claim", "complaint"),
    [
        ("CL20261122000017", "CL20261122000017", None),
        ("报案号cl 20261122000017到哪步了", "CL20261122000017", None),
        ("CP202611220001", None, "CP202611220001"),
        ("CL123", None, None),
        ("XCL20261122000017", None, None),
        ("20261122000017", None, None),
    ],
)
def test_record_numbers(text: str, claim: str | None, complaint: str | None) -> None:
    """Our own numbers are told apart by their letters."""
    one, other = claim_number.find(text, NOW), complaint_number.find(text, NOW)
    assert (one and one.value) == claim
    assert (other and other.value) == complaint


def test_record_number_answer_may_leave_letters_out() -> None:
    """Asked for a claim number, its digits are enough."""
    answer = claim_number.answer("20261122000017", NOW)
    assert answer is not None
    assert answer.value == "CL20261122000017"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一万二", 12000),
        ("两三万", 20000),
        ("3800块", 3800),
        ("八百多", 800),
        ("2k", 2000),
        ("3w", 30000),
        ("五千来块", 5000),
        ("1.5万", 15000),
        ("三千块钱", 3000),
        ("3000-5000元", 3000),
        ("1万2", 12000),
        ("两千八", 2800),
        ("十五万", 150000),
        ("一百二十块", 120),
        ("三五百", 300),
    ],
)
def test_money(text: str, value: int) -> None:
    """Sums are whole yuan; of a range the lower end."""
    found = money.find(text, NOW)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize("text", ["三天", "两个人", "不知道", ""])
def test_no_money(text: str) -> None:
    """Other quantities are no money."""
    assert money.find(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("两个人", 2),
        ("俩", 2),
        ("仨", 3),
        ("3名乘客", 3),
        ("一个", None),
        ("四位工人", 4),
        ("十二个人", 12),
    ],
)
def test_people(text: str, value: int | None) -> None:
    """People are counted with their measure words."""
    found = people.find(text, NOW)
    assert (found and found.value) == (value or (found and 1))


def test_bare_count_answers() -> None:
    """Asked how many, a bare number is a count."""
    answer = people.answer("三", NOW)
    assert answer is not None
    assert answer.value == 3
    assert people.show(3) == "3人"
    assert money.show(12000) == "12,000元"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,800元", 3800),
        ("￥3800", 3800),
        ("rmb 500", 500),
        ("叁仟元", 3000),
        ("壹万贰仟元整", 12000),
        ("两万五六", 25000),
        ("一万二三", 12000),
        ("2w5", 25000),
        ("一个多万", 10000),
        ("2万3千", 23000),
        ("百八十块", 180),
        ("几百块", None),
        ("大几千", None),
        ("上万", None),
        ("没多少钱", None),
    ],
)
def test_more_money(text: str, value: int | None) -> None:
    """Sums in formal numerals, with signs and of a range; what is too vague is none."""
    found = money.answer(text, NOW)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3人", 3),
        ("车上有3个人", 3),
        ("十来个", 10),
        ("三四个人", 3),
        ("4个大人1个孩子", 5),
        ("我和我媳妇", 2),
        ("就我自己", 1),
        ("没有", 0),
        ("没人", 0),
        ("两口子", 2),
        ("仨", 3),
    ],
)
def test_more_people(text: str, value: int) -> None:
    """Heads counted in all the ways customers count them."""
    found = people.answer(text, NOW)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("大概值12万", 120_000),
        ("23万", 230_000),
        ("两三万", 20_000),
        ("1、2万", 10_000),
        ("2-3万", 20_000),
    ],
)
def test_a_number_in_figures_is_no_range(text: str, yuan: int) -> None:
    """«12万» is a hundred and twenty thousand, «两三万» and «1、2万» are ranges."""
    found = money.find(text, NOW)
    assert found is not None
    assert found.value == yuan
