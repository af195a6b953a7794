"""The gate never rules out an expression that matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.understanding.gate import Gate, alternatives, needed, pieces

EXPRESSIONS = (
    "没(?:人)?受伤|见血",
    "理(?:赔|财)",
    "[一二]个(?!人)",
    "退.{0,3}保",
    "(?<!不)投诉",
    "(?:我|你)*要?报案+",
    "^(?:好|行)$",
    "[^a-z]人",
    "车,?祸",
    "(?P<same>撞)(?P=same)",
)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("没(?:人)?受伤|见血", ({"受伤", "见血"},)),
        ("理(?:赔|财)", ({"理赔", "理财"},)),
        ("退.{0,3}保", ({"退"}, {"保"})),
        ("(?<!不)投诉", ({"投诉"},)),
        (".*", ()),
        ("第[1-3]个", ({"第1", "第2", "第3"},)),
        (r"\d号", ({"号"},)),
        ("车,?祸", ({"车"}, {"祸"})),
    ],
)
def test_needed_words(source: str, words: tuple[set[str], ...]) -> None:
    """What must stand in a match is read off the expression."""
    assert needed(source) == words


@given(st.text("没人受伤见血理赔财一二个退保不投诉我你要报案好行车祸,撞a", max_size=12))
def test_nothing_that_matches_is_ruled_out(text: str) -> None:
    """Whatever an expression finds, the gate lets it try."""
    patterns = [re.compile(source) for source in EXPRESSIONS]
    possible = Gate(EXPRESSIONS).open_for(pieces(text))
    for number, pattern in enumerate(patterns):
        assert number in possible or not pattern.search(text)


def test_most_are_ruled_out() -> None:
    """A text without their words leaves nothing to try but what cannot be judged."""
    expressions = ("报案", "投诉", "退.{0,3}保", "^.{2,}$")
    assert Gate(expressions).open_for(pieces("你好，退一下")) == [3]


def test_alternatives_are_cut_outside_brackets_only() -> None:
    """Each alternative stays an expression of its own."""
    found = alternatives(r"报案|(?:退|续)保|[a|b]c|\|d")
    assert found == ["报案", "(?:退|续)保", "[a|b]c", r"\|d"]
