"""Compare a question with one candidate closely: the features the score is made of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import ratio

from knowledge_base.analysis import DECISIVE_MASK, Analysis
from knowledge_base.contrast import Mask, conflicts, guard

# Each feature with the direction in which it may speak.
FEATURES = {
    "text": 1,  # rapidfuzz ratio of the texts
    "sound": 1,  # the same of what they sound like
    "words": 1,  # the same of the sorted words
    "cosine": 1,  # the index's own opinion
    "asked": 1,  # share of the customer's meaning found in the text
    "offered": 1,  # share of the text's meaning found in the question
    "asked_gap": -1,  # the weightiest word of the customer that the text lacks
    "offered_gap": -1,  # the weightiest word of the text that the customer did not say
    "entry": 1,  # share of the customer's meaning found in any wording of the entry
    "pairs": 1,  # the same of words and pairs of sounds
    "context": 1,  # share of the customer's meaning found in the answer or the topics
    "votes": 1,  # how many other wordings of the entry are close
    "kind": -1,  # why, where, how long … do not agree
    "kind_absent": -1,  # the customer asks for a fact no wording of the entry asks for: a price
    "negation": -1,  # one side is negated, the other not
    "number": -1,  # both name numbers, and none is the same
    "conflict": -1,  # exclusive terms: 退保 here, 续保 there
    "missing": -1,  # the customer names a term of which the entry says nothing
    "length": -1,  # how different the lengths are
}
PARTLY = 0.7

Features = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What all wordings of one entry have in common."""

    id: str
    words: frozenset[str]
    mentions: Mask
    kinds: int
    pairs: frozenset[str]
    context: frozenset[str]


class Question:
    """A customer's question, weighed once, compared often."""

    __slots__ = ("analysis", "groups", "pairs", "pairs_total", "sorted", "total", "weights")

    def __init__(
        self, analysis: Analysis, weigh: Callable[[str], float], pairs: list[tuple[str, float]]
    ) -> None:
        self.pairs = pairs
        self.pairs_total = sum([weight for _, weight in pairs]) or 1.0
        self.analysis = analysis
        self.weights = [(word, weigh(word)) for word in analysis.words]
        self.total = sum([weight for _, weight in self.weights]) or 1.0
        self.sorted = " ".join(analysis.words)
        self.groups = guard().groups_of(analysis.mentions)

    def compare(
        self,
        text: Analysis,
        entry: Entry,
        weigh: Callable[[str], float],
        cosine: float,
        votes: float,
    ) -> Features:
        """Return the features of this question against one wording, in the order of FEATURES."""
        asked = self.analysis
        shared, asked_gap = _covered(self.weights, text)
        theirs = [(word, weigh(word)) for word in text.words]
        offered, offered_gap = _covered(theirs, asked)
        return (
            Indel.normalized_similarity(asked.text, text.text),
            Indel.normalized_similarity(asked.sound, text.sound),
            ratio(self.sorted, " ".join(text.words)) / 100,
            cosine,
            shared / self.total,
            offered / (sum([weight for _, weight in theirs]) or 1.0),
            asked_gap,
            offered_gap,
            sum([weight for word, weight in self.weights if word in entry.words]) / self.total,
            sum([weight for pair, weight in self.pairs if pair in entry.pairs]) / self.pairs_total,
            sum([weight for word, weight in self.weights if word in entry.context]) / self.total,
            votes,
            float(bool(asked.kinds and text.kinds and not asked.kinds & text.kinds)),
            float(bool((fact := asked.kinds & DECISIVE_MASK) and not fact & entry.kinds)),
            float(asked.negated != text.negated),
            float(bool(asked.numbers and text.numbers and not asked.numbers & text.numbers)),
            float(min(2, self._conflicts(text, entry))),
            float(min(2, self._missing(entry))),
            abs(math.log((len(asked.text) + 2) / (len(text.text) + 2))),
        )

    def _conflicts(self, text: Analysis, entry: Entry) -> int:
        if not self.groups:
            return 0
        return conflicts(self.groups, self.analysis.mentions, text.mentions)

    def _missing(self, entry: Entry) -> int:
        if not self.groups:
            return 0
        absent = self.analysis.mentions & ~entry.mentions & guard().decisive
        return absent.bit_count()


def _covered(words: list[tuple[str, float]], other: Analysis) -> tuple[float, float]:
    """Return the weight of the words that the other text has, and the heaviest that it lacks."""
    theirs, text = other.words, other.text
    covered = gap = 0.0
    for word, weight in words:
        if word in theirs:
            covered += weight
            continue
        part = PARTLY * sum([char in text for char in word]) / len(word) if len(word) > 1 else 0.0
        covered += part * weight
        gap = max(gap, (1 - part) * weight)
    return covered, gap
