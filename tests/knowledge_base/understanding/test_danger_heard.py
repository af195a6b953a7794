"""Danger and escalation told in many words that nobody taught, and what only sounds like them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge_base.understanding.reader import FOLDER, SentenceReader, load_parts

SAYINGS = Path(__file__).with_name("danger.yaml")
FEWEST = 150
LONGEST_FIXED = 4
FEWEST_PERCENT_HEARD, MOST_FALSE = 99, 2


def _load() -> dict[str, list[str]]:
    """Return the sayings by level; the groups of a level are put together."""
    found = {}
    for level, told in yaml.safe_load(SAYINGS.read_text("utf-8")).items():
        groups = told.values() if isinstance(told, dict) else [told]
        found[level] = [say.strip() for group in groups for say in group.split(" / ")]
    return found


HEARD = _load()


def _level(reader: SentenceReader, text: str) -> str:
    return reader.read(text).escalation.level


def test_there_are_enough() -> None:
    """The sayings are many on both sides, and none of them is taught."""
    wording = load_parts(FOLDER)[0].wording
    taught = (FOLDER / "danger_examples.yaml").read_text("utf-8")
    assert min(len(HEARD["P0"]), len(HEARD["calm"])) >= FEWEST
    known = [s for s in HEARD["P0"] + HEARD["calm"] if f"'{s}'" in taught]
    # Two or three words leave no choice of wording.
    assert [s for s in known if len(s) > LONGEST_FIXED] == []
    assert all(map(wording.plain, HEARD["P0"]))


def test_danger_is_heard(reader: SentenceReader) -> None:
    """Nearly every danger brings a person at once."""
    missed = [say for say in HEARD["P0"] if _level(reader, say) != "P0"]
    assert 100 * len(missed) <= (100 - FEWEST_PERCENT_HEARD) * len(HEARD["P0"]), missed


def test_calm_stays_calm(reader: SentenceReader) -> None:
    """Sayings, questions and old cases raise no alarm."""
    fired = [say for say in HEARD["calm"] if _level(reader, say) == "P0"]
    assert len(fired) <= MOST_FALSE, fired


@pytest.mark.parametrize(("group", "level"), [("person", "human"), ("P1", "P1")])
def test_a_person_is_called(reader: SentenceReader, group: str, level: str) -> None:
    """Whoever asks for a person, or threatens with the law, is understood the first time."""
    assert [say for say in HEARD[group] if _level(reader, say) != level] == []


@pytest.mark.parametrize("group", ["not_person", "not_P1"])
def test_nobody_is_called_for_nothing(reader: SentenceReader, group: str) -> None:
    """The same words said in another sense call nobody."""
    unwanted = "human" if group == "not_person" else "P1"
    assert [say for say in HEARD[group] if _level(reader, say) == unwanted] == []
