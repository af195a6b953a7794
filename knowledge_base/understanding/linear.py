"""A linear classifier over characters, learned from the examples.

Passive-aggressive learning with averaging: no dependency, the same result on every
machine, and a few seconds for thousands of examples. The result is kept in
``learned.json`` beside the data and is learned anew when the data has changed.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Example: TypeAlias = tuple[str, str]
Weights: TypeAlias = dict[str, dict[str, float]]
Vector: TypeAlias = npt.NDArray[np.floating[Any]]

ROUNDS = 8
# The longest step for one example; without it a single odd sentence bends everything.
LONGEST_STEP = 0.3
MARGIN = 1.0
# Smaller weights change no decision and would double the file.
NEGLIGIBLE = 0.05
FINENESS = 100
UNKNOWN_RARITY = 5.0


def features(text: str) -> set[str]:
    """Return the characters and pairs of ``text`` with its edges, and how long it is."""
    edged = f"^{text}$"
    found = set(edged)
    found.update(edged[at : at + 2] for at in range(len(edged) - 1))
    found.add(f"length {min(len(text) // 4, 5)}")
    return found


class Linear:
    """Scores every intent by the features of a text.

    ``codes`` are the intents in order; the weights are a matrix of features × intents.
    """

    def __init__(self, rarity: Mapping[str, float], weights: Weights) -> None:
        self.codes = tuple(sorted({code for by_code in weights.values() for code in by_code}))
        self._row = {feature: row for row, feature in enumerate(weights)}
        self._rarity = np.array([rarity[feature] for feature in weights], np.float32)
        self._weights = np.zeros((len(weights), len(self.codes)), np.float32)
        place = {code: column for column, code in enumerate(self.codes)}
        for feature, row in self._row.items():
            for code, weight in weights[feature].items():
                self._weights[row, place[code]] = weight

    def scores(self, found: set[str]) -> Vector:
        """Return the score of every intent, in the order of ``codes``, by a text's features."""
        rows = [row for row in map(self._row.get, found) if row is not None]
        rarity = self._rarity[rows]
        unknown = (len(found) - len(rows)) * UNKNOWN_RARITY**2
        norm = np.float32(math.sqrt(float(rarity @ rarity) + unknown))
        return (rarity / norm) @ self._weights[rows]

    def save(self, path: Path, mark: str) -> None:
        """Write the weights, in hundredths, with the mark of the data they were learned from."""
        hundredths = np.rint(self._weights * FINENESS).astype(int)
        weights = {
            feature: {str(at): int(hundredths[row, at]) for at in np.flatnonzero(hundredths[row])}
            for feature, row in self._row.items()
        }
        rarity = {feature: round(float(self._rarity[row]), 2) for feature, row in self._row.items()}
        data = {"mark": mark, "codes": self.codes, "rarity": rarity, "weights": weights}
        path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _opened(data: dict[str, Any]) -> Linear:
    codes = data["codes"]
    weights = {
        feature: {codes[int(at)]: weight / FINENESS for at, weight in by_code.items()}
        for feature, by_code in data["weights"].items()
    }
    return Linear(data["rarity"], weights)


@dataclass(frozen=True)
class Lesson:
    """What to learn, with a mark that changes when the outcome might."""

    mark: str
    examples: Callable[[], Sequence[Example]]

    @classmethod
    def of(cls, examples: Callable[[], Sequence[Example]], *sources: object) -> Lesson:
        """Return the lesson whose examples are made from ``sources`` alone."""
        return cls(hashlib.sha256(repr(sources).encode("utf-8", "replace")).hexdigest(), examples)

    def learn(self) -> Linear:
        """Learn it now."""
        return learn(self.examples())

    def recall(self, path: Path) -> Linear:
        """Return what was learned before, or learn it now when the data has changed."""
        if path.exists():
            data = json.loads(path.read_text("utf-8"))
            if data["mark"] == self.mark:
                return _opened(data)
        return self.learn()


def learn(examples: Sequence[Example]) -> Linear:
    """Learn from (code, text) pairs."""
    known = [(code, features(text)) for code, text in sorted(examples)]
    counts = Counter(feature for _, found in known for feature in found)
    rarity = {feature: math.log(1 + len(known) / n) for feature, n in counts.items()}
    vectors = [(code, _vector(found, rarity)) for code, found in known]
    codes = sorted({code for code, _ in known})
    weights: Weights = defaultdict(lambda: defaultdict(float))
    late: Weights = defaultdict(lambda: defaultdict(float))
    order, step = list(range(len(vectors))), 1
    shuffle = random.Random(3).shuffle  # noqa: S311 - an order, not a secret
    for _ in range(ROUNDS):
        shuffle(order)
        for number in order:
            _improve(*vectors[number], codes, weights, late, step)
            step += 1
    return Linear(rarity, _averaged(weights, late, step))


def _vector(found: set[str], rarity: Mapping[str, float]) -> list[tuple[str, float]]:
    norm = math.sqrt(sum(rarity[feature] ** 2 for feature in found))
    return [(feature, rarity[feature] / norm) for feature in sorted(found)]


def _improve(
    code: str,
    vector: list[tuple[str, float]],
    codes: Sequence[str],
    weights: Weights,
    late: Weights,
    step: int,
) -> None:
    totals = dict.fromkeys(codes, 0.0)
    for feature, value in vector:
        for other, weight in weights[feature].items():
            totals[other] += weight * value
    right = totals.pop(code)
    rival = max(totals, key=lambda other: totals[other])
    loss = MARGIN - (right - totals[rival])
    if loss <= 0:
        return
    length = min(LONGEST_STEP, loss / 2)
    for feature, value in vector:
        for target, change in ((code, length * value), (rival, -length * value)):
            weights[feature][target] += change
            late[feature][target] += step * change


def _averaged(weights: Weights, late: Weights, steps: int) -> Weights:
    """Return the mean of the weights over all steps, the negligible left out."""
    means: Weights = {}
    for feature, by_code in weights.items():
        mean = {code: w - late[feature][code] / steps for code, w in by_code.items()}
        if kept := {code: w for code, w in mean.items() if abs(w) >= NEGLIGIBLE}:
            means[feature] = kept
    return means
