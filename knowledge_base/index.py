"""Find the few entries worth a closer look: a sparse inverted index over whole entries.

An entry is known by the words, characters, pairs of characters and pairs of sounds of all its
wordings together. What several wordings share counts more: that is what the entry is about.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from knowledge_base.analysis import Analysis

Numbers: TypeAlias = npt.NDArray[np.int32]
Values: TypeAlias = npt.NDArray[np.float32]
Scores: TypeAlias = npt.NDArray[np.float64]

# Postings looked at per question: enough at ten thousand entries to see nearly all.
WALK = 100_000
# So many times the entries asked for have their rough score made exact.
SPARE = 3
# What one shared word, character, pair of characters and pair of sounds says.
WORD, CHARACTER, PAIR, SOUND = 2.0, 1.5, 0.7, 0.5
# How much more a rare one says: well below 1, for much of what is rare is chance.
RARITY = 0.4
# The standard question speaks for its entry like this many other wordings.
STANDARD = 2


class Hit(NamedTuple):
    """An entry and its cosine with the question."""

    entry: int
    cosine: float


class Index:
    """The entries of every feature: of every word, piece of text and piece of sound.

    The postings of all features lie one behind the other: those of feature ``f`` from
    ``_starts[f]`` to ``_starts[f + 1]``, entries in rising order, with what each one is worth.
    """

    def __init__(self, entries: Iterable[Sequence[Analysis]]) -> None:
        self._words: dict[str, int] = {}
        self._pieces: dict[str, int] = {}
        self._sounds: dict[str, int] = {}
        features, owners, boosts = array("i"), array("i"), array("f")
        self._size = 0
        self._walk = WALK
        for entry, wordings in enumerate(entries):
            self._size = entry + 1
            for feature, boost in self._counted(wordings):
                features.append(feature)
                owners.append(entry)
                boosts.append(boost)
        self._invert(
            np.frombuffer(features, np.int32),
            np.frombuffer(owners, np.int32),
            np.frombuffer(boosts, np.float32),
        )

    def _counted(self, wordings: Sequence[Analysis]) -> Iterable[tuple[int, float]]:
        """Return the features of an entry with how much they are worth for being said often."""
        if len(wordings) == 1:
            return [(feature, 1.0) for feature in self._numbered(wordings[0])]
        counts = Counter[int]()
        for place, wording in enumerate(wordings):
            for feature in self._numbered(wording):
                counts[feature] += 1 if place else STANDARD
        return [(feature, 1 + math.log(count)) for feature, count in counts.items()]

    def _numbered(self, text: Analysis) -> list[int]:
        """Return the numbers of all features of a text; a new feature takes the next number."""
        found = []
        for table, names in self._features(text):
            for name in names:
                number = table.get(name)
                if number is None:
                    number = table[name] = self._known_features
                found.append(number)
        return found

    @property
    def _known_features(self) -> int:
        return len(self._words) + len(self._pieces) + len(self._sounds)

    def _features(self, text: Analysis) -> tuple[tuple[dict[str, int], Iterable[str]], ...]:
        return (
            (self._words, text.words),
            (self._pieces, {*text.text, *_pairs(text.text)}),
            (self._sounds, set(_pairs(text.sound))),
        )

    def _invert(self, features: Numbers, owners: Numbers, boosts: Values) -> None:
        """Sort the postings by feature and weigh them."""
        order = np.argsort(features, kind="stable")
        self._owners = owners[order]
        spread = np.bincount(features, minlength=self._known_features)
        self._starts: list[int] = np.concatenate(([0], np.cumsum(spread))).tolist()
        self._top = math.log(self._size + 2)
        self._unknown = float(self._weight(np.zeros(1))[0])
        weights = self._kinds() ** 2 * self._weight(spread)
        self._weights: list[float] = weights.tolist()
        worth = boosts[order]
        square = np.repeat(weights, spread) * worth.astype(np.float64) ** 2
        norms = np.sqrt(np.bincount(self._owners, square, self._size))
        norms[norms == 0] = 1.0
        # Dividing here by the entry's length spares doing it for every question.
        self._values = (np.repeat(weights, spread) * worth / norms[self._owners]).astype(np.float32)

    def _kinds(self) -> Scores:
        kinds = np.empty(self._known_features)
        for table, kind in ((self._words, WORD), (self._sounds, SOUND)):
            kinds[list(table.values())] = kind
        for piece, number in self._pieces.items():
            kinds[number] = _kind(piece)
        return kinds

    def _weight(self, spread: npt.NDArray[Any]) -> Scores:
        """Return the squared weight of features that so many entries have, their kind apart."""
        rare = np.log((self._size + 1) / (spread + 0.5)) / self._top
        weights: Scores = np.maximum(0.02, rare) ** (2 * RARITY)
        return weights

    def weigh(self, feature: str) -> float:
        """Return how rare a word or pair of sounds is, squared; 1 for one that no entry has."""
        number = self._words.get(feature, self._sounds.get(feature))
        if number is None:
            return 1.0
        spread = self._starts[number + 1] - self._starts[number]
        rare = math.log((self._size + 1) / (spread + 0.5)) / self._top
        return float(max(0.02, rare) ** 2)

    def search(self, text: Analysis, limit: int) -> list[Hit]:
        """Return the best entries, best first."""
        return self.search_in(text, (range(self._size), limit))[0]

    def search_in(self, text: Analysis, *groups: tuple[range, int]) -> list[list[Hit]]:
        """Return the best entries of every group, best first; a group has a limit of its own."""
        known, square = self._known(text)
        if not known:
            return [[] for _ in groups]
        seen, unseen = self._within_reach(known)
        scores = self._walked(seen)
        length = math.sqrt(square)
        return [self._best(scores, unseen, group, limit, length) for group, limit in groups]

    def _best(
        self, scores: Scores, unseen: list[int], group: range, limit: int, length: float
    ) -> list[Hit]:
        if not group:
            return []
        own = scores[group.start : group.stop]
        best = _largest(own, SPARE * limit if unseen else limit) + group.start
        values = scores[best]
        for feature in unseen:
            values += self._said(feature, best)
        found = zip((values / length).tolist(), (-best).tolist(), strict=True)
        ranked = sorted(found, reverse=True)[:limit]
        return [Hit(-entry, cosine) for cosine, entry in ranked if cosine > 0]

    def _known(self, text: Analysis) -> tuple[list[int], float]:
        """Return the features some entry has, and the square of the weights of all."""
        known: list[int] = []
        unknown = 0.0
        for table, names in self._features(text):
            numbers = [table.get(name) for name in names]
            known += [number for number in numbers if number is not None]
            if None in numbers:
                missing = [n for n, at in zip(names, numbers, strict=True) if at is None]
                unknown += sum(self._kind(table, name) ** 2 for name in missing)
        weights = self._weights
        return known, sum([weights[number] for number in known]) + unknown * self._unknown

    def _kind(self, table: dict[str, int], name: str) -> float:
        if table is self._pieces:
            return _kind(name)
        return WORD if table is self._words else SOUND

    def _within_reach(self, known: list[int]) -> tuple[list[int], list[int]]:
        """Return the features there is time for, the rarest first, and the others."""
        starts = self._starts
        spreads = [starts[feature + 1] - starts[feature] for feature in known]
        if sum(spreads) <= self._walk:
            return known, []
        rarest = [feature for _, feature in sorted(zip(spreads, known, strict=True))]
        left = self._walk
        for place, feature in enumerate(rarest):
            left -= starts[feature + 1] - starts[feature]
            if left < 0 and place:
                return rarest[:place], rarest[place:]
        return rarest, []

    def _walked(self, features: list[int]) -> Scores:
        """Add up for every entry what these features say."""
        starts, owners, values = self._starts, self._owners, self._values
        spans = [slice(starts[feature], starts[feature + 1]) for feature in features]
        return np.bincount(
            np.concatenate([owners[span] for span in spans]),
            np.concatenate([values[span] for span in spans]),
            self._size,
        ).astype(np.float64, copy=False)

    def _said(self, feature: int, entries: npt.NDArray[np.int64]) -> Values:
        """Return what one feature says for some entries."""
        start, end = self._starts[feature], self._starts[feature + 1]
        posting = self._owners[start:end]
        places = np.minimum(np.searchsorted(posting, entries), len(posting) - 1)
        there = posting[places] == entries
        said: Values = np.where(there, self._values[start:end][places], np.float32(0))
        return said


def features(sound: str, words: Iterable[str]) -> set[str]:
    """Return the words and pairs of sounds of a text: what questions on one matter share."""
    return {*words, *_pairs(sound)}


def _largest(scores: Scores, count: int) -> npt.NDArray[np.int64]:
    """Return where the ``count`` largest scores stand, in no order."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(scores, -count)[-count:]


def _pairs(text: str) -> Iterable[str]:
    return [one + other for one, other in pairwise(text)]


def _kind(piece: str) -> float:
    return CHARACTER if len(piece) == 1 else PAIR
