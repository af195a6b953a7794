"""The texts themselves: enough of them, varied, and none used both to teach and to measure."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from knowledge_base import lexicon
from knowledge_base.loader import KnowledgeBase, load_folder
from knowledge_base.normalise import normalise
from knowledge_base.service import FOLDER

LABELLED = Path(__file__).with_name("faq_eval.yaml")
FEWEST_WORDINGS = 14
FEWEST_STRANGERS = 600


@cache
def base() -> KnowledgeBase:
    """Return the shipped entries."""
    return load_folder(FOLDER)


@cache
def taught() -> dict[str, str]:
    """Return every wording as the matcher sees it, with its entry."""
    return {normalise(text): entry.id for entry in base().entries.values() for text in entry.texts}


def strangers() -> list[str]:
    """Return the sentences that must not be answered, as the matcher sees them."""
    return [normalise(text) for text in lexicon.read_words(lexicon.FOLDER / "out_of_scope.txt")]


def test_every_entry_knows_many_wordings() -> None:
    """Customers say one thing in many ways."""
    few = {e.id for e in base().entries.values() if len(e.variants) < FEWEST_WORDINGS}
    assert few == set()


def test_no_two_entries_share_a_wording_however_it_is_spelt() -> None:
    """Two spellings of one sentence in two entries would be a toss-up."""
    owners: dict[str, set[str]] = {}
    for entry in base().entries.values():
        for text in entry.texts:
            owners.setdefault(normalise(text), set()).add(entry.id)
    assert {text: ids for text, ids in owners.items() if len(ids) > 1} == {}


def test_there_are_many_strangers() -> None:
    """What we must refuse is as varied as what we answer."""
    assert len(strangers()) >= FEWEST_STRANGERS


def test_no_stranger_is_a_wording() -> None:
    """A sentence cannot be both answered and refused."""
    assert [text for text in strangers() if text in taught()] == []


def test_labelled_questions_are_not_taught() -> None:
    """Who measures with what was taught measures nothing."""
    rows = yaml.safe_load(LABELLED.read_text(encoding="utf-8"))
    texts = [normalise(row["text"]) for row in rows]
    known = taught().keys() | set(strangers())
    assert [text for text in texts if text in known] == []
    assert len(texts) == len(set(texts))
