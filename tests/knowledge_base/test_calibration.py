"""The confidence is brought to scale for a base when it is published."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from knowledge_base.calibration import calibrate, threshold
from knowledge_base.loader import load_folder
from knowledge_base.matcher import FaqMatcher, Question
from knowledge_base.model import Models, models

ROOT = Path(__file__).parents[2]


@cache
def shipped() -> tuple[Question, ...]:
    """Return the questions of the shipped knowledge base."""
    return tuple(load_folder(ROOT / "knowledge_base" / "faq").questions())


@cache
def calibrated(precision: float = 0.95) -> Models:
    """Return what publishing the shipped base would store."""
    return calibrate(shipped(), precision)


def test_the_numbers_survive_storage() -> None:
    """What a release stores is what it gets back."""
    stored = json.loads(json.dumps(calibrated().to_json()))
    assert Models.from_json(stored) == calibrated()


def test_more_precision_means_fewer_answers() -> None:
    """The threshold follows from what the operator asks for."""
    cautious, bold = calibrated(0.99).varied, calibrated(0.9).varied
    assert cautious.answer_from > bold.answer_from


def test_the_order_of_entries_stays() -> None:
    """Calibration moves the certainty, never the ranking."""
    before = FaqMatcher.build(shipped()).match("商业险咋退")
    after = FaqMatcher.build(shipped(), calibrated()).match("商业险咋退")
    assert [match.id for match in before] == [match.id for match in after]


def test_our_own_base_hardly_moves() -> None:
    """The shipped numbers were made by the same experiment on the same base."""
    before, after = models().varied, calibrated().varied
    assert after.scale.weights[0] == pytest.approx(before.scale.weights[0], rel=0.2)
    assert after.scale.bias == pytest.approx(before.scale.bias, abs=0.5)


def test_a_base_that_is_easily_mixed_up_makes_us_less_sure() -> None:
    """Entries that share their wordings lower the certainty of all answers."""
    twins = [
        Question(f"{question.id}{half}", question.texts[half::2], question.context)
        for question in shipped()
        for half in (0, 1)
        if question.id and len(question.texts) > 7
    ]
    assert calibrate(twins).varied.scale.bias < models().varied.scale.bias


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_small_base_keeps_the_shipped_curve(count: int) -> None:
    """Too little to learn from changes nothing but the threshold."""
    few = [question for question in shipped() if question.id][:count]
    assert calibrate(few).varied.scale == models().varied.scale


def test_single_questions_keep_the_shipped_curve() -> None:
    """There is no wording to hold out."""
    plain = [Question(q.id, q.texts[:1]) for q in shipped() if q.id]
    assert calibrate(plain).single.scale == models().single.scale


def test_a_threshold_keeps_the_promised_share() -> None:
    """Going down the list stops where the mean falls below the precision."""
    assert threshold([0.99, 0.97, 0.9, 0.7, 0.2], 0.95) == 0.9
    assert threshold([], 0.95) == 1.0


def test_foreign_numbers_are_refused() -> None:
    """A release made by another version says what to do."""
    tables = calibrated().to_json()
    tables["varied"]["sure"]["magic"] = 1.0
    with pytest.raises(ConfigurationError, match=r"varied\.sure.*magic"):
        Models.from_json(tables)
