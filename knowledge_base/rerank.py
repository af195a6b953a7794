"""Compare a question with one candidate closely: the features the score is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from knowledge_base.analysis import DECISIVE_MASK, PRICE_MASK, Analysis
from knowledge_base.contrast import Mask, conflicts, guard, turned

# Each feature with the direction in which it may speak.
FEATURES = {
    "text": 1,  # rapidfuzz ratio of the texts
    "sound": 1,  # the same of what they sound like
    "words": 1,  # the same of the sorted words
    "cosine": 1,  # the index's own opinion of the entry as a whole
    "asked": 1,  # share of the customer's meaning found in the text
    "offered": 1,  # share of the text's meaning found in the question
    "asked_gap": -1,  # the weightiest word of the customer that the text lacks
    "offered_gap": -1,  # the weightiest word of the text that the customer did not say
    "context": 1,  # share of the customer's meaning found in the answer or the topics
    "kind_absent": -1,  # the customer asks where, when or who, and no wording of the entry does
    "price_absent": -1,  # the same of the price
    "negation": -1,  # one side is negated, the other not
    "number": -1,  # both name numbers, and none is the same
    "conflict": -1,  # exclusive terms: 退保 here, 续保 there
    "missing": -1,  # the customer names a term of which the entry says nothing
}
PARTLY = 0.7

Features = tuple[float, ...]
Weighed = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What all wordings of one entry have in common."""

    id: str
    wordings: tuple[Analysis, ...]
    # Empty where there is one wording only: there is nothing to choose from.
    sounds: tuple[str, ...]
    words: Collection[str]
    context: frozenset[str]
    # What the standard question names, and what any wording names.
    subject: Mask
    mentions: Mask
    kinds: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a question shares with an entry as a whole."""

    cosine: float
    context: float
    kind_absent: float
    price_absent: float
    missing: float


class Asked:
    """A customer's question, weighed once, compared often."""

    __slots__ = ("_decisive", "_fact", "_groups", "_price", "_said", "_total", "_words", "analysis")

    def __init__(self, analysis: Analysis, words: Weighed) -> None:
        self.analysis = analysis
        self._words = words
        self._total = sum([weight for _, weight in words]) or 1.0
        self._said = " ".join(analysis.words)
        self._groups = guard().groups_of(analysis.mentions)
        self._decisive = analysis.mentions & guard().decisive
        self._fact = analysis.kinds & DECISIVE_MASK
        self._price = analysis.kinds & PRICE_MASK

    def likeness(self, entry: Entry, cosine: float) -> Likeness:
        """Compare with an entry as a whole; this is the same for all its wordings."""
        fact = self._fact
        return Likeness(
            cosine=cosine,
            context=self._share(entry.context) if entry.context else 0.0,
            kind_absent=float(bool(fact and not fact & entry.kinds)),
            price_absent=float(bool(self._price & ~entry.kinds)),
            missing=float(min(2, (self._decisive & ~entry.mentions).bit_count())),
        )

    def guarded(self, entry: Entry) -> tuple[Mask, ...]:
        """Return the contrasts in which the entry is about another side than the customer's."""
        if not self._groups:
            return ()
        return turned(self._groups, self.analysis.mentions, entry.subject, entry.mentions)

    def unheard(self, entry: Entry) -> float:
        """Return the share of the meaning of which neither wordings nor answer speak."""
        lost = [
            weight
            for word, weight in self._words
            if word not in entry.words and word not in entry.context
        ]
        return sum(lost) / self._total

    def closest(self, entry: Entry) -> int:
        """Return which wording is worth comparing: the one that sounds likest."""
        if not entry.sounds:
            return 0
        found = extractOne(self.analysis.sound, entry.sounds, scorer=Indel.normalized_similarity)
        return int(found[2])

    def compare(self, text: Analysis, entry: Likeness, weights: Mapping[str, float]) -> Features:
        """Return the features of this question against one wording, in the order of FEATURES."""
        asked = self.analysis
        share, asked_gap = _covered(self._words, text)
        offered, offered_gap = _covered([(word, weights[word]) for word in text.words], asked)
        return (
            Indel.normalized_similarity(asked.text, text.text),
            Indel.normalized_similarity(asked.sound, text.sound),
            ratio(self._said, " ".join(text.words)) / 100,
            entry.cosine,
            share,
            offered,
            asked_gap,
            offered_gap,
            entry.context,
            entry.kind_absent,
            entry.price_absent,
            float(asked.negated != text.negated),
            float(bool(asked.numbers and text.numbers and not asked.numbers & text.numbers)),
            float(min(2, conflicts(self._groups, asked.mentions, text.mentions))),
            entry.missing,
        )

    def _share(self, known: Collection[str]) -> float:
        return sum([weight for word, weight in self._words if word in known]) / self._total


def weighed(names: Iterable[str], weigh: Callable[[str], float]) -> Weighed:
    """Return each name with its weight."""
    return [(name, weigh(name)) for name in names]


def _covered(words: Weighed, other: Analysis) -> tuple[float, float]:
    """Return the share of the words that the other text has, and the heaviest that it lacks."""
    theirs, text = other.words, other.text
    total = covered = gap = 0.0
    for word, weight in words:
        total += weight
        if word in theirs:
            covered += weight
            continue
        lost = weight
        if len(word) > 1:
            part = PARTLY * sum([char in text for char in word]) / len(word)
            covered += part * weight
            lost -= part * weight
        gap = max(gap, lost)
    return (covered / total if total else 0.0), gap
