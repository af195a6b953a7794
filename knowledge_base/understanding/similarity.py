"""Which example a text resembles most."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float64]

# A pair that stands in more examples than this tells them too little apart to be looked up.
COMMON = 80
UNKNOWN_RARITY = 5.0


def pairs(text: str) -> set[str]:
    """Return the neighbouring pairs of ``text`` with its edges."""
    edged = f"^{text}$"
    return {edged[at : at + 2] for at in range(len(edged) - 1)}


class Nearest:
    """Finds the nearest example of every intent by the pairs they share.

    ``codes`` are the intents in order; the examples of one intent lie side by side.
    """

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        self.examples = sorted((code, text) for code, text in examples if text)
        self.codes = tuple(dict.fromkeys(code for code, _ in self.examples))
        sizes = Counter(code for code, _ in self.examples)
        self._starts = np.cumsum([0, *(sizes[code] for code in self.codes)])
        known = [pairs(text) for _, text in self.examples]
        counts = Counter(pair for found in known for pair in found)
        self._rarity = {p: math.log(1 + len(known) / n) for p, n in counts.items()}
        self._postings = self._indexed(known, counts)

    def _indexed(
        self, known: list[set[str]], counts: Counter[str]
    ) -> dict[str, tuple[npt.NDArray[np.int32], Values]]:
        """Return for every telling pair the examples that have it, and what it is worth there."""
        worth: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, found in enumerate(known):
            norm = math.sqrt(sum(self._rarity[p] ** 2 for p in found))
            for pair in found:
                if counts[pair] <= COMMON:
                    worth[pair].append((number, self._rarity[pair] ** 2 / norm))
        return {
            pair: (np.array([n for n, _ in rows], np.int32), np.array([v for _, v in rows]))
            for pair, rows in worth.items()
        }

    def likeness(self, text: str) -> Values:
        """Return the likeness of ``text`` to every example, from 0 to 1."""
        found = pairs(text)
        shared = [posting for posting in map(self._postings.get, found) if posting]
        if not shared:
            return np.zeros(len(self.examples))
        numbers, values = (np.concatenate(part) for part in zip(*shared, strict=True))
        rarity = self._rarity
        norm = math.sqrt(sum([rarity.get(pair, UNKNOWN_RARITY) ** 2 for pair in found]))
        return np.bincount(numbers, values, len(self.examples)) / norm

    def best(self, likeness: Values) -> Values:
        """Return the likeness of the nearest example of every intent, in the order of ``codes``."""
        return np.maximum.reduceat(likeness, self._starts[:-1]) if self.examples else likeness

    def nearest(self, likeness: Values, code: str) -> tuple[float, str]:
        """Return the nearest example of one intent and how near it is; (0, '') if none is."""
        if code not in self.codes:
            return 0.0, ""
        place = self.codes.index(code)
        start, end = self._starts[place], self._starts[place + 1]
        number = start + int(likeness[start:end].argmax())
        return float(likeness[number]), self.examples[number][1]
