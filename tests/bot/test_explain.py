"""`anda kb match --explain`: the trace in words."""

from __future__ import annotations

from functools import cache

import pytest

from bot.cli.explain import NAMES, lines
from knowledge_base.loader import load_folder
from knowledge_base.matcher import FaqMatcher
from knowledge_base.model import SURE
from knowledge_base.rerank import FEATURES
from knowledge_base.service import FOLDER


@cache
def shipped() -> FaqMatcher:
    """Return the matcher of the shipped knowledge base."""
    return FaqMatcher.build(load_folder(FOLDER).questions())


@pytest.mark.parametrize("text", ["交强险赔谁", "怎么退保", "平安的电话多少", "？？？", "zzz"])
def test_every_trace_can_be_read(text: str) -> None:
    """People get Chinese lines, whatever the outcome."""
    matcher = shipped()
    matches, told = matcher.explain(text)
    told_lines = list(lines(told, matcher.model))
    assert told_lines
    assert bool(matches) == any(line.startswith("最像") for line in told_lines)


def test_every_part_of_a_score_has_a_chinese_name() -> None:
    """No line shows an English word for a feature."""
    for names in (FEATURES, SURE):
        assert names.keys() <= NAMES.keys()
