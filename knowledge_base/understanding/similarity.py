"""How much a text resembles the examples of each intent."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

SMOOTHING = 1.5


def features(text: str) -> set[str]:
    """Return the characters and neighbouring pairs of ``text``."""
    found = set(text)
    found.update(text[at : at + 2] for at in range(len(text) - 1))
    found.discard(",")
    return found


class Similarity:
    """Naive Bayes for the general drift, nearest example for the exact turn of phrase."""

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        self.codes: list[str] = []
        known = [(code, features(text)) for code, text in examples if text]
        documents = Counter(feature for _, found in known for feature in found)
        count = len(known)
        self._idf = {f: math.log(1 + count / n) for f, n in documents.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, (code, found) in enumerate(known):
            self.codes.append(code)
            norm = math.sqrt(sum(self._idf[f] ** 2 for f in found)) or 1.0
            for feature in found:
                self._postings[feature].append((number, self._idf[feature] / norm))
        self._drift, self._absent = _bayes(known, documents)

    def drift(self, text: str) -> dict[str, float]:
        """Return for every intent how its examples' characters fit, per character."""
        found = [f for f in features(text) if f in self._drift]
        totals = {code: value * len(found) for code, value in self._absent.items()}
        for feature in found:
            for code, value in self._drift[feature]:
                totals[code] += value
        scale = 1 / math.sqrt(len(found) or 1)
        return {code: value * scale for code, value in totals.items()}

    def nearest(self, text: str) -> dict[str, tuple[float, int]]:
        """Return for every intent its most similar example: cosine and number."""
        found = features(text)
        norm = math.sqrt(sum(self._idf.get(f, 5.0) ** 2 for f in found)) or 1.0
        likeness: dict[int, float] = defaultdict(float)
        for feature in found:
            weight = self._idf.get(feature, 0.0) / norm
            for number, value in self._postings.get(feature, ()):
                likeness[number] += weight * value
        best: dict[str, tuple[float, int]] = {}
        for number, value in likeness.items():
            code = self.codes[number]
            if code not in best or value > best[code][0]:
                best[code] = (value, number)
        return best


def _bayes(
    known: list[tuple[str, set[str]]], documents: Counter[str]
) -> tuple[dict[str, list[tuple[str, float]]], dict[str, float]]:
    """Return the log odds of every feature seen with an intent, and of one never seen with it."""
    sizes = Counter(code for code, _ in known)
    pairs = Counter((feature, code) for code, found in known for feature in found)
    absent = {code: math.log(SMOOTHING / (size + SMOOTHING)) for code, size in sizes.items()}
    drift: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (feature, code), count in pairs.items():
        share = documents[feature] / len(known)
        odds = (count + SMOOTHING * share) / ((sizes[code] + SMOOTHING) * share)
        drift[feature].append((code, math.log(odds) - absent[code]))
    return dict(drift), absent
