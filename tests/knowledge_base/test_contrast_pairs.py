"""What must not be mixed up is never answered with the other side's entry."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from knowledge_base.matcher import FaqMatcher, Question

FILE = Path(__file__).with_name("contrast_pairs.yaml")


def pairs() -> list[tuple[str, str]]:
    """Return the two sides of every pair."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [(str(row["a"]), str(row["b"])) for row in rows]


def both_ways() -> Iterator[tuple[str, str]]:
    """Yield what is asked and the only thing the base knows, either way round."""
    for one, other in pairs():
        yield one, other
        yield other, one


@cache
def knowing(text: str) -> FaqMatcher:
    """Return a matcher that knows one wording only."""
    return FaqMatcher.build([Question("other", (text,))])


@pytest.mark.parametrize(("asked", "known"), list(both_ways()))
def test_the_other_side_is_not_answered(asked: str, known: str) -> None:
    """The customer says one thing, the base knows only its opposite: ask or pass, never answer."""
    matcher = knowing(known)
    assert matcher.outcome(matcher.match(asked)) != "answer"


@pytest.mark.parametrize("text", sorted({text for pair in pairs() for text in pair}))
def test_its_own_side_is_answered(text: str) -> None:
    """The guard does not silence an entry asked in its very words."""
    assert knowing(text).answered(knowing(text).match(text))
