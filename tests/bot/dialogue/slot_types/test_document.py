"""Documents that prove who somebody is: whole numbers with their checks, tails, codes of grants."""

from __future__ import annotations

import pytest

from bot.dialogue.slot_types.document import document, is_credit_code
from bot.dialogue.slot_types.grant_code import grant_code
from tests.fakes import NOON


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("身份证 110105 19491231 002x", "11010519491231002X"),
        ("440524188001010014", "440524188001010014"),
        ("尾号124421", "124421"),
        ("后四位是4421", "4421"),
        ("12442x", "12442X"),
    ],
)
def test_numbers_and_tails(said: str, value: str) -> None:
    """A whole number passes GB 11643; a tail has four to six characters."""
    found = document.answer(said, NOON)
    assert found
    assert found.value == value


@pytest.mark.parametrize(
    "said", ["110105194912310021", "11010519491231002", "91350100M000100Y44", "110105491231002"]
)
def test_a_whole_number_that_cannot_be_is_told_not_cut(said: str) -> None:
    """A slip of one figure must not count as a failed proof, nor as its last six characters."""
    found = document.answer(said, NOON)
    assert found
    assert found.value is None
    assert found.problem


def test_credit_codes() -> None:
    """GB 32100: the example of the standard passes, one changed character does not."""
    assert is_credit_code("91350100M000100Y43")
    assert not is_credit_code("91350100M000100Y44")
    assert not is_credit_code("91350100M0001OOY43")
    found = document.find("我们公司的代码是91350100M000100Y43", NOON)
    assert found
    assert found.value == "91350100M000100Y43"


def test_six_figures_out_of_the_blue_are_no_document() -> None:
    """Nor a grant's code: both must be called by their name, unless they were asked for."""
    assert document.find("124421", NOON) is None
    assert grant_code.find("482913", NOON) is None
    named = grant_code.find("授权码是 482 913", NOON)
    assert named
    assert named.value == "482913"


def test_nothing_of_it_is_shown() -> None:
    """A card never repeats a document."""
    assert document.show("11010519491231002X") == "****************2X"
    assert grant_code.show("482913") == "******"
    with pytest.raises(ValueError, match="document"):
        document.load("12")
