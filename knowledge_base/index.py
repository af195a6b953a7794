"""Find the few texts worth a closer look: a sparse inverted index that stops early."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from knowledge_base.tokens import sound_pairs

# Postings looked at per query: enough at a thousand texts to see nearly all, and growing with the
# square root of the size, so a hundred times the texts costs ten times the walk at most.
LEAST_WALK = 250
WALK_GROWTH = 10.0
KEPT = 0.35
# What one shared feature of each kind is worth beside a shared word.
SOUND_PAIR = 0.8


def features(sound: str, words: Iterable[str]) -> set[str]:
    """Return what the index knows a text by: words and pairs of sounds."""
    found = set(words)
    found.update(sound_pairs(sound))
    return found


class Hit(NamedTuple):
    """A text, its cosine with the question, and the weight of what they share."""

    text: int
    cosine: float
    overlap: float


class Index:
    """Postings of every feature, and the features of every text."""

    def __init__(self, texts: Iterable[set[str]], owners: Sequence[int]) -> None:
        self._ids: dict[str, int] = {}
        self._forward = array("I")
        self._bounds = array("I", [0])
        self._fill(texts)
        self.owners = array("I", owners)
        self._postings, spread = self._inverted()
        entries = max(owners, default=0) + 1
        self._weights = array("f", map(_weigher(entries), self._ids, spread))
        self._norms = array("f", map(self._norm, range(len(owners))))
        self._walk = int(LEAST_WALK + WALK_GROWTH * math.sqrt(len(owners)))

    def _fill(self, texts: Iterable[set[str]]) -> None:
        ids, forward, bounds = self._ids, self._forward, self._bounds
        for found in texts:
            forward.extend([ids.setdefault(feature, len(ids)) for feature in found])
            bounds.append(len(forward))

    def _inverted(self) -> tuple[list[array[int]], list[int]]:
        """Return the texts of every feature and in how many entries it occurs."""
        postings = [array("I") for _ in self._ids]
        spread = [0] * len(self._ids)
        last = [-1] * len(self._ids)
        for text, (start, end) in enumerate(pairwise(self._bounds)):
            owner = self.owners[text]
            for feature in self._forward[start:end]:
                postings[feature].append(text)
                if last[feature] != owner:
                    last[feature] = owner
                    spread[feature] += 1
        return postings, spread

    def _norm(self, text: int) -> float:
        start, end = self._bounds[text], self._bounds[text + 1]
        weights = self._weights
        return math.sqrt(sum([weights[feature] for feature in self._forward[start:end]])) or 1.0

    def weigh(self, feature: str) -> float:
        """Return the weight of a feature; one that no text has weighs as much as any can."""
        known = self._ids.get(feature)
        return 1.0 if known is None else self._weights[known]

    def search(self, found: Iterable[str], limit: int) -> list[Hit]:
        """Return the best texts, best first."""
        ids, weights, postings = self._ids, self._weights, self._postings
        known = [ids[feature] for feature in found if feature in ids]
        known.sort(key=lambda feature: len(postings[feature]))
        scores: dict[int, float] = {}
        seen = scores.get
        walk = self._walk
        for feature in known:
            walk -= len(postings[feature])
            # The rarest features come first: what is left could not lift an unseen text to the top.
            if walk < 0 and scores:
                break
            weight = weights[feature]
            for text in postings[feature]:
                scores[text] = seen(text, 0.0) + weight
        return self._best(scores, known, limit)

    def _best(self, scores: dict[int, float], known: list[int], limit: int) -> list[Hit]:
        if not scores:
            return []
        norms = self._norms
        floor = KEPT * max(scores.values())
        rough = [(score / norms[text], text) for text, score in scores.items() if score >= floor]
        rough.sort(reverse=True)
        asked = set(known)
        size = math.sqrt(sum([self._weights[feature] for feature in known])) or 1.0
        hits = []
        for _, text in rough[:limit]:
            overlap = self._overlap(asked, text)
            hits.append(Hit(text, overlap / (size * norms[text]), overlap))
        return hits

    def _overlap(self, asked: set[int], text: int) -> float:
        weights = self._weights
        forward = self._forward[self._bounds[text] : self._bounds[text + 1]]
        return sum([weights[feature] for feature in asked.intersection(forward)])


def _weigher(entries: int) -> Callable[[str, int], float]:
    """Return the squared inverse document frequency, by kind of feature."""
    top = math.log(entries + 2)

    def weight(feature: str, spread: int) -> float:
        rare = math.log((entries + 1) / (spread + 0.5)) / top
        kind = SOUND_PAIR if feature[0] >= "\ue000" else 1.0
        return kind * max(0.02, rare) ** 2

    return weight
