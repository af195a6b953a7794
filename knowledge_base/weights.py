"""Tell how much a word says: how rare it is in this base, blended with how rare in Chinese."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from knowledge_base.rerank import Entry
from knowledge_base.segment import segmenter

# With this many entries the base's own counts and the language's count the same.
TRUSTED = 150
LEAST = 0.03


class Weights:
    """Weights of words between 0 and 1."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        spread = Counter(word for entry in entries for word in entry.words)
        self._scale = math.log(2 * len(entries) + 2)
        self._most = math.log(len(entries) + 1)
        self._trust = len(entries) / (len(entries) + TRUSTED)
        self.known = {word: self._weigh(word, count) for word, count in spread.items()}

    def of(self, word: str) -> float:
        """Return the weight of a word, also of one this base does not know."""
        known = self.known.get(word)
        return self._weigh(word, 0) if known is None else known

    def _weigh(self, word: str, spread: int) -> float:
        own = (self._most - math.log(spread + 0.5)) / self._scale
        language = segmenter().rarity(word)
        return max(LEAST, self._trust * own + (1 - self._trust) * language)
