"""Which example a text resembles most."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

# A pair that stands in more examples than this tells them too little apart to be looked up.
COMMON = 80


def pairs(text: str) -> set[str]:
    """Return the neighbouring pairs of ``text`` with its edges."""
    edged = f"^{text}$"
    return {edged[at : at + 2] for at in range(len(edged) - 1)}


class Nearest:
    """Finds the nearest example of every intent by the pairs they share."""

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        self.examples = [(code, text) for code, text in examples if text]
        known = [pairs(text) for _, text in self.examples]
        counts = Counter(pair for found in known for pair in found)
        self._rarity = {p: math.log(1 + len(known) / n) for p, n in counts.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, found in enumerate(known):
            norm = math.sqrt(sum(self._rarity[p] ** 2 for p in found))
            for pair in found:
                if counts[pair] <= COMMON:
                    self._postings[pair].append((number, self._rarity[pair] / norm))

    def best(self, text: str) -> dict[str, tuple[float, str]]:
        """Return for every intent the likeness of its nearest example, and that example."""
        found = pairs(text)
        norm = math.sqrt(sum(self._rarity.get(p, 5.0) ** 2 for p in found)) or 1.0
        likeness: dict[int, float] = defaultdict(float)
        for pair in found:
            if postings := self._postings.get(pair):
                weight = self._rarity[pair] / norm
                for number, value in postings:
                    likeness[number] += weight * value
        best: dict[str, tuple[float, str]] = {}
        for number, value in likeness.items():
            code, example = self.examples[number]
            if code not in best or value > best[code][0]:
                best[code] = (value, example)
        return best
