"""Tax numbers: the check character of GB 32100, what looks like one, and what is told."""

from __future__ import annotations

import pytest

from bot.dialogue.fold import fold
from bot.dialogue.slot_types.tax_number import is_credit_code, tax_number
from storage.demo.identifiers import credit_code
from tests.fakes import NOON

RIGHT = "91120101MA0000001C"


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        RIGHT.lower(),
        f"税号{RIGHT}",
        f"我们公司的是 {RIGHT}，谢谢",
        "91120101 MA00 0000 1C",
        "９１１２０１０１ＭＡ００００００１Ｃ",
    ],
)
def test_a_right_code_is_read_however_it_is_written(text: str) -> None:
    """Small letters, blanks and words around it do no harm."""
    found = tax_number.answer(fold(text), NOON)
    assert found is not None
    assert found.value == RIGHT


@pytest.mark.parametrize("position", range(18))
def test_one_wrong_character_is_noticed(position: int) -> None:
    """The check character catches every single mistake of digits."""
    others = (digit for digit in "0123456789" if digit != RIGHT[position])
    changed = [RIGHT[:position] + digit + RIGHT[position + 1 :] for digit in others]
    assert [code for code in changed if is_credit_code(code)] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("91120101MA0000002C", "校验不通过"),
        ("120101123456789", "15 位的是旧税号"),
        ("91120101MA000000IC", "没有字母 I"),
        ("91120101MA0000001", "校验不通过"),
    ],
)
def test_a_wrong_code_says_what_to_do(text: str, said: str) -> None:
    """Nothing is filed under a number that cannot be right."""
    found = tax_number.answer(text, NOON)
    assert found is not None
    assert found.value is None
    assert said in str(found.problem)


def test_a_one_person_business_may_use_its_owners_identity_number() -> None:
    """The standard's own example number."""
    found = tax_number.answer("11010519491231002X", NOON)
    assert found is not None
    assert found.value == "11010519491231002X"


def test_the_demo_codes_are_right() -> None:
    """Invented firms have codes that pass."""
    assert all(is_credit_code(credit_code(number)) for number in range(50))


@pytest.mark.parametrize("text", ["没有税号", "13800000000", "不知道", "抬头是某某公司"])
def test_other_words_are_no_number(text: str) -> None:
    """A phone is too short to be one."""
    assert tax_number.answer(text, NOON) is None
