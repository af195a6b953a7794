"""Accidents told in one breath, in many manners of speaking: what is understood and what is not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.dialogue.slot_types.base import Json
from bot.dialogue.slot_types.extract import claim_slots

DATA = yaml.safe_load(Path(__file__).with_name("claims.yaml").read_text("utf-8"))
NOW = datetime.fromisoformat(DATA["now"])
ROWS: list[dict[str, Any]] = [row for rows in DATA["styles"].values() for row in rows]
FEWEST, FEWEST_STYLES = 400, 6
ENOUGH_OF_A_PLACE = 0.6
LEAST_F1, MOST_WRONG = 0.97, 0.01
LEAST_MOMENTS, LEAST_PLATES = 0.97, 0.995


def _alike(one: str, other: str) -> float:
    """Return how much two places overlap, from 0 to 1."""
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other))


def _right(key: str, found: Json, wanted: Any, tolerance: int) -> bool:
    if not isinstance(found, str) or wanted is None:
        return bool(found == wanted)
    if key == "happened_at":
        apart = datetime.fromisoformat(found) - datetime.fromisoformat(wanted)
        return abs(apart.total_seconds()) <= tolerance * 60
    return _alike(found, wanted) >= ENOUGH_OF_A_PLACE if key == "place" else found == wanted


def _judged() -> tuple[Counter[str], Counter[str]]:
    """Return right and wrong by slot and in all, and what was stated by slot and in all."""
    outcome, stated = Counter[str](), Counter[str]()
    for row in ROWS:
        wanted = {k: v for k, v in row["slots"].items() if k != "tolerance"}
        stated.update([*wanted, *("all" for _ in wanted)])
        for key, found in claim_slots(row["say"], NOW).items():
            if key not in wanted and key in row.get("optional", ()):
                continue
            tolerance = row["slots"].get("tolerance", 10)
            right = key in wanted and _right(key, found, wanted[key], tolerance)
            outcome.update([f"{key} {right}", f"all {right}"])
    return outcome, stated


@pytest.fixture(scope="module")
def judged() -> tuple[Counter[str], Counter[str]]:
    """Read all of them once."""
    return _judged()


def test_there_are_enough_in_all_styles() -> None:
    """The sayings are many, all different, in six manners of speaking and more."""
    assert len({row["say"] for row in ROWS}) == len(ROWS) >= FEWEST
    assert len(DATA["styles"]) >= FEWEST_STYLES


def test_what_was_said_is_found(judged: tuple[Counter[str], Counter[str]]) -> None:
    """Found and right, over all slots."""
    outcome, stated = judged
    right, wrong = outcome["all True"], outcome["all False"]
    precision, recall = right / (right + wrong), right / stated["all"]
    assert 2 * precision * recall / (precision + recall) >= LEAST_F1


def test_a_wrong_value_is_rare(judged: tuple[Counter[str], Counter[str]]) -> None:
    """A wrong value is worse than none: the bot can still ask."""
    outcome, _ = judged
    assert outcome["all False"] / (outcome["all True"] + outcome["all False"]) <= MOST_WRONG


@pytest.mark.parametrize(
    ("slot", "least"), [("happened_at", LEAST_MOMENTS), ("plate", LEAST_PLATES)]
)
def test_times_and_plates(
    judged: tuple[Counter[str], Counter[str]], slot: str, least: float
) -> None:
    """Times within their tolerance, plates to the letter."""
    outcome, stated = judged
    assert outcome[f"{slot} True"] / stated[slot] >= least
