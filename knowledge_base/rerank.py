"""Compare a question with one candidate closely: the features the score is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import ratio

from knowledge_base.analysis import DECISIVE_MASK, PRICE_MASK, Analysis
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
    "kind_absent": -1,  # the customer asks where, when or who, and no wording of the entry does
    "price_absent": -1,  # the same of the price
    "negation": -1,  # one side is negated, the other not
    "number": -1,  # both name numbers, and none is the same
    "conflict": -1,  # exclusive terms: 退保 here, 续保 there
    "missing": -1,  # the customer names a term of which the entry says nothing
    "length": -1,  # how different the lengths are
}
PARTLY = 0.7

Features = tuple[float, ...]
Weighed = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What all wordings of one entry have in common."""

    id: str
    words: Collection[str]
    # Empty where there is one wording only: the index knows what that shares with the question.
    pairs: frozenset[str]
    context: frozenset[str]
    mentions: Mask
    kinds: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a question shares with an entry as a whole."""

    entry: float
    pairs: float
    context: float
    kind_absent: float
    price_absent: float
    missing: float


class Asked:
    """A customer's question, weighed once, compared often."""

    __slots__ = ("_groups", "_pairs", "_pairs_total", "_sorted", "_words", "analysis")

    def __init__(self, analysis: Analysis, words: Weighed, pairs: Weighed) -> None:
        self.analysis = analysis
        self._words = words
        self._pairs = pairs
        self._pairs_total = sum([weight for _, weight in pairs]) or 1.0
        self._sorted = " ".join(analysis.words)
        self._groups = guard().groups_of(analysis.mentions)

    def likeness(self, entry: Entry, overlap: float) -> Likeness:
        """Compare with an entry as a whole; this is the same for all its wordings."""
        if entry.pairs:
            overlap = sum([weight for pair, weight in self._pairs if pair in entry.pairs])
        fact = self.analysis.kinds & DECISIVE_MASK
        absent = self.analysis.mentions & ~entry.mentions & guard().decisive
        return Likeness(
            entry=_share(self._words, entry.words),
            pairs=overlap / self._pairs_total,
            context=_share(self._words, entry.context) if entry.context else 0.0,
            kind_absent=float(bool(fact and not fact & entry.kinds)),
            price_absent=float(bool(self.analysis.kinds & ~entry.kinds & PRICE_MASK)),
            missing=float(min(2, absent.bit_count())),
        )

    def compare(
        self,
        text: Analysis,
        entry: Likeness,
        weights: Mapping[str, float],
        cosine: float,
        votes: float,
    ) -> Features:
        """Return the features of this question against one wording, in the order of FEATURES."""
        asked = self.analysis
        share, asked_gap = _covered(self._words, text)
        offered, offered_gap = _covered([(word, weights[word]) for word in text.words], asked)
        return (
            Indel.normalized_similarity(asked.text, text.text),
            Indel.normalized_similarity(asked.sound, text.sound),
            ratio(self._sorted, " ".join(text.words)) / 100,
            cosine,
            share,
            offered,
            asked_gap,
            offered_gap,
            entry.entry,
            entry.pairs,
            entry.context,
            votes,
            float(bool(asked.kinds and text.kinds and not asked.kinds & text.kinds)),
            entry.kind_absent,
            entry.price_absent,
            float(asked.negated != text.negated),
            float(bool(asked.numbers and text.numbers and not asked.numbers & text.numbers)),
            float(min(2, conflicts(self._groups, asked.mentions, text.mentions))),
            entry.missing,
            abs(math.log((len(asked.text) + 2) / (len(text.text) + 2))),
        )


def weighed(names: Iterable[str], weigh: Callable[[str], float]) -> Weighed:
    """Return each name with its weight."""
    return [(name, weigh(name)) for name in names]


def _share(weighed: Weighed, known: Collection[str]) -> float:
    total = sum([weight for _, weight in weighed])
    return sum([weight for name, weight in weighed if name in known]) / total if total else 0.0


def _covered(words: Weighed, other: Analysis) -> tuple[float, float]:
    """Return the share of the words that the other text has, and the heaviest that it lacks."""
    theirs, text = other.words, other.text
    total = covered = gap = 0.0
    for word, weight in words:
        total += weight
        if word in theirs:
            covered += weight
            continue
        part = 0.0
        if len(word) > 1:
            part = PARTLY * sum([char in text for char in word]) / len(word)
            covered += part * weight
        gap = max(gap, (1 - part) * weight)
    return (covered / total if total else 0.0), gap
