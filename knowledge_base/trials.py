"""Experiments on our own entries: leave wordings and entries out, and ask for them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz.distance import Indel

from knowledge_base.entries import Entry
from knowledge_base.noise import spoil
from knowledge_base.wordings import STRANGER, Question

FOLDS = 5
SPOILED = 1
# Pairs from the likest down to the loose, for paraphrases are of all kinds.
PAIR_STEP = 4
# Entries that give the same answer under two names: either is right.
TWINS = (
    ("F128", "F242"), ("F076", "F122"), ("F060", "F071", "F159"), ("F047", "F167"),
    ("F024", "F129", "F130"), ("F087", "F088"), ("F218", "F226"), ("F116", "F240"),
    ("F053", "F144"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """A question asked of a base, with the ids that would be right (none: refuse)."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fold:
    """A base with some wordings and some entries left out, and the questions to ask of it."""

    base: list[Question]
    trials: list[Trial]


def _others(strangers: Sequence[str], fold: int) -> list[Question]:
    """Return the sentences out of scope that are not asked in this fold."""
    return [Question(STRANGER, (text,)) for at, text in enumerate(strangers) if at % FOLDS != fold]


def _right(name: str) -> frozenset[str]:
    return frozenset({name}).union(*(twins for twins in TWINS if name in twins))


def varied_folds(entries: Sequence[Entry], strangers: Sequence[str]) -> Iterator[Fold]:
    """Leave out a fifth of the wordings, and a fifth of the entries whole."""
    for fold in range(FOLDS):
        base, trials = [], [Trial(text, frozenset()) for text in strangers[fold::FOLDS]]
        for place, entry in enumerate(entries):
            held = [text for at, text in enumerate(entry.variants) if at % FOLDS == fold]
            if place % FOLDS == fold:
                trials += [Trial(text, frozenset()) for text in held]
                continue
            kept = tuple(text for text in entry.texts if text not in held)
            base.append(Question(entry.id, kept, entry.context))
            trials += [Trial(text, _right(entry.id)) for text in held]
        yield Fold(base + _others(strangers, fold), _with_noise(trials, base, fold))


def _with_noise(trials: list[Trial], base: Sequence[Question], seed: int) -> list[Trial]:
    """Add slips of what the base does hold: much of what customers type is nearly that."""
    chance = random.Random(seed)  # noqa: S311 - experiments, not security
    told = [
        Trial(spoil(chance.choice(question.texts), chance), _right(question.id))
        for question in base
        for _ in range(SPOILED)
    ]
    return trials + told


def nearest_pairs(entry: Entry) -> list[tuple[str, str]]:
    """Return pairs of wordings, the likest first: that is what a paraphrase looks like."""
    pairs = [(a, b) for a, b in combinations(entry.texts, 2) if a != b]
    return sorted(pairs, key=lambda pair: -Indel.normalized_similarity(*pair))


def single_folds(entries: Sequence[Entry], strangers: Sequence[str]) -> Iterator[Fold]:
    """Keep one wording an entry and ask the likest others; such a base knows no strangers."""
    pairs = [nearest_pairs(entry) for entry in entries]
    for fold in range(FOLDS):
        base, trials = [], [Trial(text, frozenset()) for text in strangers[fold::FOLDS]]
        for place, entry in enumerate(entries):
            kept, asked = pairs[place][min(fold * PAIR_STEP, len(pairs[place]) - 1)]
            out = place % FOLDS == fold
            trials.append(Trial(asked, frozenset() if out else _right(entry.id)))
            if not out:
                base.append(Question(entry.id, (kept,)))
        yield Fold(base, _with_noise(trials, base, fold))
