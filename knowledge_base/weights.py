"""Tell how much a word says: how rare it is in this base, blended with how rare in Chinese."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from knowledge_base.rerank import Entry
from knowledge_base.segment import segmenter

# With this many entries the base's own counts and the language's count the same.
TRUSTED = 150


class Weights:
    """Weights of words between 0 and 1."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._spread: Counter[str] = Counter()
        total = 0
        for entry in entries:
            self._spread.update(entry.words)
            total += 1
        self._total = total
        self._trust = total / (total + TRUSTED)
        self._known: dict[str, float] = {}

    def of(self, word: str) -> float:
        """Return the weight; words of this base are remembered."""
        weight = self._known.get(word)
        if weight is None:
            weight = self._weigh(word)
            if word in self._spread:
                self._known[word] = weight
        return weight

    def _weigh(self, word: str) -> float:
        spread = self._spread.get(word, 0)
        own = math.log((self._total + 1) / (spread + 0.5)) / math.log(2 * self._total + 2)
        language = segmenter().rarity(word)
        return max(0.03, self._trust * own + (1 - self._trust) * language)
