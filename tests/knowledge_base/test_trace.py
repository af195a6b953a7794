"""The trace of an answer: complete, plain JSON, and enough to work the score out again."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
import yaml

from knowledge_base import trace
from knowledge_base.loader import load_folder
from knowledge_base.matcher import FaqMatcher, Question
from knowledge_base.model import Models, models

ROOT = Path(__file__).parents[2]
QUESTIONS = [
    str(row["text"])
    for row in yaml.safe_load(Path(__file__).with_name("faq_eval.yaml").read_text(encoding="utf-8"))
]


@cache
def shipped() -> FaqMatcher:
    """Return the matcher of the shipped knowledge base."""
    return FaqMatcher.build(load_folder(ROOT / "knowledge_base" / "faq").questions())


@cache
def single() -> FaqMatcher:
    """Return a matcher that knows the standard questions only."""
    entries = load_folder(ROOT / "knowledge_base" / "faq").entries.values()
    return FaqMatcher.build(Question(entry.id, (entry.question,)) for entry in entries)


@pytest.mark.parametrize("base", [shipped, single])
def test_every_score_recomputes_exactly(base: object) -> None:
    """From the stored JSON alone comes the same number, to the last digit."""
    matcher = shipped() if base is shipped else single()
    for text in QUESTIONS:
        matches, told = matcher.explain(text)
        if matches:
            stored = json.loads(json.dumps(told))
            assert trace.score(stored, models()) == matches[0].score == matcher.match(text)[0].score


def test_a_trace_says_what_people_ask() -> None:
    """Entry, wording, words, thresholds, runner-up and model are all there."""
    _, told = shipped().explain("车险咋退啊 我那商业的不想要了")
    assert told["entry"] == "F075"
    assert told["words"]
    assert told["runner_up"]["score"] <= told["score"]
    assert told["answer_from"] == shipped().model.answer_from
    assert told["model"] == {"kind": "varied", "name": shipped().model.name}


def test_a_guard_that_fired_is_named() -> None:
    """The trace tells which contrast stood in the way."""
    base = FaqMatcher.build([Question("renew", ("怎么续保",))])
    _, told = base.explain("怎么退保")
    assert "保单动作" in told["guard"]


def test_a_restored_slip_is_shown() -> None:
    """What was typed and what was read both show."""
    base = FaqMatcher.build([Question("report", ("怎么报案",))])
    _, told = base.explain("baoan")
    assert (told["typed"], told["asked"]) == ("baoan", "报案")


def test_another_model_is_refused() -> None:
    """A score worked out with other numbers would be a lie."""
    _, told = shipped().explain("交强险赔谁")
    other = Models(models().varied, models().single)
    with pytest.raises(ValueError, match="the trace was made by model"):
        trace.score(told, other)
