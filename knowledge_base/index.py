"""Find the few entries worth a closer look: a sparse inverted index over whole entries.

An entry is known by the words, characters, pairs of characters and pairs of sounds of all its
wordings together. What several wordings share counts more: that is what the entry is about.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from knowledge_base.analysis import Analysis

# Postings looked at per question: enough at a few hundred entries to see nearly all, and growing
# more slowly than the size, so a hundred times the entries costs thirty times the walk at most.
LEAST_WALK = 250
WALK_GROWTH, WALK_POWER = 4.6, 0.75
# An entry whose rough score is a smaller part of the best is not looked at again.
KEPT = 0.35
# So many times the entries asked for have their rough score made exact.
SPARE = 2
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
    """The entries of every feature: of every word, piece of text and piece of sound."""

    def __init__(self, entries: Iterable[Sequence[Analysis]]) -> None:
        self._words: dict[str, int] = {}
        self._pieces: dict[str, int] = {}
        self._sounds: dict[str, int] = {}
        self._postings: list[array[int]] = []
        # What one more occurrence adds; kept only once an entry has several wordings.
        self._boosts: list[array[float]] = []
        self._size = 0
        for wordings in entries:
            self._add(wordings)
        if self._boosts:
            self._boosts += [array("f") for _ in range(len(self._postings) - len(self._boosts))]
            for feature in range(len(self._postings)):
                self._level(feature)
        self._top = math.log(self._size + 2)
        self._unknown = self._weight(1.0, 0)
        self._weights = self._weighed()
        self._norms = self._lengths()
        self._walk = int(LEAST_WALK + WALK_GROWTH * math.pow(self._size, WALK_POWER))

    def _add(self, wordings: Sequence[Analysis]) -> None:
        entry, postings = self._size, self._postings
        self._size += 1
        if len(wordings) == 1:
            for feature in self._numbered(wordings[0]):
                postings[feature].append(entry)
            return
        counts = Counter[int]()
        for place, wording in enumerate(wordings):
            for feature in self._numbered(wording):
                counts[feature] += 1 if place else STANDARD
        self._boosts += [array("f") for _ in range(len(postings) - len(self._boosts))]
        for feature, count in counts.items():
            self._level(feature)
            self._boosts[feature].append(1 + math.log(count))
            postings[feature].append(entry)

    def _level(self, feature: int) -> None:
        """Fill up the boosts of the entries that had one wording."""
        boosts = self._boosts[feature]
        boosts.extend([1.0] * (len(self._postings[feature]) - len(boosts)))

    def _numbered(self, text: Analysis) -> list[int]:
        """Return the numbers of all features of a text; a new feature takes the next number."""
        found, postings = [], self._postings
        for table, names in self._features(text):
            for name in names:
                number = table.get(name)
                if number is None:
                    number = table[name] = len(postings)
                    postings.append(array("I"))
                found.append(number)
        return found

    def _features(self, text: Analysis) -> tuple[tuple[dict[str, int], Iterable[str]], ...]:
        return (
            (self._words, text.words),
            (self._pieces, {*text.text, *_pairs(text.text)}),
            (self._sounds, set(_pairs(text.sound))),
        )

    def _weighed(self) -> list[float]:
        weights = [0.0] * len(self._postings)
        for table, kind in ((self._words, WORD), (self._pieces, 0.0), (self._sounds, SOUND)):
            for name, number in table.items():
                value = kind or _kind(name)
                weights[number] = self._weight(value, len(self._postings[number]))
        return weights

    def _weight(self, kind: float, spread: int) -> float:
        """Return the squared weight of a feature that so many entries have."""
        rare = math.log((self._size + 1) / (spread + 0.5)) / self._top
        return kind * kind * math.pow(max(0.02, rare), 2 * RARITY)

    def _lengths(self) -> array[float]:
        squares = [0.0] * self._size
        for feature, posting in enumerate(self._postings):
            weight = self._weights[feature]
            if self._boosts:
                for entry, boost in zip(posting, self._boosts[feature], strict=True):
                    squares[entry] += weight * boost * boost
            else:
                for entry in posting:
                    squares[entry] += weight
        return array("f", [math.sqrt(square) or 1.0 for square in squares])

    def search(self, text: Analysis, limit: int) -> list[Hit]:
        """Return the best entries, best first."""
        known, square = self._known(text)
        scores, unseen = self._walked(known)
        if not scores:
            return []
        norms = self._norms
        floor = KEPT * max(scores.values())
        rough = [(score / norms[entry], entry) for entry, score in scores.items() if score >= floor]
        rough.sort(reverse=True)
        length = math.sqrt(square)
        if not unseen:
            return [Hit(entry, score / length) for score, entry in rough[:limit]]
        exact = [
            ((scores[entry] + self._rest(unseen, entry)) / norms[entry], entry)
            for _, entry in rough[: SPARE * limit]
        ]
        exact.sort(reverse=True)
        return [Hit(entry, score / length) for score, entry in exact[:limit]]

    def _known(self, text: Analysis) -> tuple[list[tuple[int, int]], float]:
        """Return the features some entry has, rarest first, and the square of all their weights."""
        known: list[tuple[int, int]] = []
        square = 0.0
        postings, weights, unknown = self._postings, self._weights, self._unknown
        for table, names in self._features(text):
            for name in names:
                number = table.get(name)
                if number is None:
                    kind = WORD if table is self._words else SOUND
                    value = _kind(name) if table is self._pieces else kind
                    square += value * value * unknown
                else:
                    square += weights[number]
                    known.append((len(postings[number]), number))
        known.sort()
        return known, square

    def _walked(self, known: list[tuple[int, int]]) -> tuple[dict[int, float], list[int]]:
        """Add up what the rarest features say; return also those left out for lack of time."""
        scores: dict[int, float] = {}
        seen = scores.get
        left = self._walk
        for place, (spread, feature) in enumerate(known):
            left -= spread
            if left < 0 and scores:
                return scores, [number for _, number in known[place:]]
            weight = self._weights[feature]
            if self._boosts:
                for entry, boost in zip(
                    self._postings[feature], self._boosts[feature], strict=True
                ):
                    scores[entry] = seen(entry, 0.0) + weight * boost
            else:
                for entry in self._postings[feature]:
                    scores[entry] = seen(entry, 0.0) + weight
        return scores, []

    def _rest(self, features: list[int], entry: int) -> float:
        """Return what the features left out say for one entry."""
        total = 0.0
        for feature in features:
            posting = self._postings[feature]
            place = bisect_left(posting, entry)
            if place < len(posting) and posting[place] == entry:
                boost = self._boosts[feature][place] if self._boosts else 1.0
                total += self._weights[feature] * boost
        return total


def _pairs(text: str) -> Iterable[str]:
    return [one + other for one, other in pairwise(text)]


def _kind(piece: str) -> float:
    return CHARACTER if len(piece) == 1 else PAIR
