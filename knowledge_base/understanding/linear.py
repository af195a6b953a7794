"""A linear classifier over characters, learned from the examples.

Multinomial logistic regression by stochastic gradient steps that shrink for each weight
(AdaGrad): no dependency but NumPy, the same order on every machine, and some seconds for
ten thousand examples. The result is kept in ``learned.json`` beside the data and is learned
anew when the data has changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import random
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Example: TypeAlias = tuple[str, str]
Vector: TypeAlias = npt.NDArray[np.floating[Any]]
Rows: TypeAlias = npt.NDArray[np.int64]

ROUNDS = 8
STEP = 0.1
# The mean of several courses errs less than any of them.
COURSES = 3
# How sharply the scores tell the intents apart; the inputs have length one.
SHARPNESS = 8.0
# So much of every example is left out at random each round, so that no one word decides.
FORGOTTEN = 0.2
UNKNOWN_RARITY = 5.0
_FINEST = 127


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

    def __init__(self, codes: Sequence[str], rarity: Mapping[str, float], weights: Vector) -> None:
        self.codes = tuple(codes)
        self._row = {feature: row for row, feature in enumerate(rarity)}
        self._rarity = np.array(list(rarity.values()), np.float32)
        self._weights = weights.astype(np.float32)

    def scores(self, found: set[str]) -> Vector:
        """Return the score of every intent, in the order of ``codes``, by a text's features."""
        rows = [row for row in map(self._row.get, found) if row is not None]
        rarity = self._rarity[rows]
        unknown = (len(found) - len(rows)) * UNKNOWN_RARITY**2
        norm = np.float32(math.sqrt(float(rarity @ rarity) + unknown))
        return (rarity / norm) @ self._weights[rows]

    def known(self, found: set[str]) -> float:
        """Return the share of a text's features that the examples had, from 0 to 1."""
        return sum(feature in self._row for feature in found) / max(1, len(found))

    def save(self, path: Path, mark: str) -> None:
        """Write the weights, one byte each, with the mark of the data they were learned from."""
        scale = float(np.abs(self._weights).max()) / _FINEST
        bytes_ = np.rint(self._weights / scale).astype(np.int8).tobytes()
        data = {
            "mark": mark,
            "codes": self.codes,
            "scale": scale,
            "rarity": {f: round(float(self._rarity[row]), 2) for f, row in self._row.items()},
            "weights": base64.b64encode(zlib.compress(bytes_, 9)).decode("ascii"),
        }
        path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _opened(data: dict[str, Any]) -> Linear:
    codes, rarity = data["codes"], data["rarity"]
    raw = np.frombuffer(zlib.decompress(base64.b64decode(data["weights"])), np.int8)
    weights = raw.reshape(len(rarity), len(codes)) * np.float32(data["scale"])
    return Linear(codes, rarity, weights)


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
    known = [(code, sorted(features(text))) for code, text in sorted(examples)]
    counts = Counter(feature for _, found in known for feature in found)
    rarity = {feature: math.log(1 + len(known) / n) for feature, n in counts.items()}
    codes = sorted({code for code, _ in known})
    row = {feature: number for number, feature in enumerate(rarity)}
    place = {code: column for column, code in enumerate(codes)}
    lessons = [
        (place[code], np.array([row[feature] for feature in found])) for code, found in known
    ]
    rarities = np.array(list(rarity.values()), np.float32)
    courses = [_course(number, lessons, rarities, len(codes)) for number in range(COURSES)]
    return Linear(codes, rarity, SHARPNESS * np.mean(courses, axis=0))


def _course(number: int, lessons: Sequence[tuple[int, Rows]], rarity: Vector, codes: int) -> Vector:
    """Return the weights after all rounds; the number decides the order and what is forgotten."""
    pupil = _Pupil(rarity, codes, number)
    order = list(range(len(lessons)))
    shuffle = random.Random(number).shuffle  # noqa: S311 - an order, not a secret
    for _ in range(ROUNDS):
        shuffle(order)
        for place in order:
            pupil.improve(*lessons[place])
    return pupil.weights


class _Pupil:
    """The weights while they are learned, and how far each has moved."""

    def __init__(self, rarity: Vector, codes: int, seed: int) -> None:
        self.weights: Vector = np.zeros((len(rarity), codes), np.float32)
        self._rarity = rarity
        self._moved = np.full((len(rarity), codes), 1e-8, np.float32)
        self._dice = np.random.default_rng(seed)

    def improve(self, right: int, rows: Rows) -> None:
        """Take one step for one example."""
        values = self._rarity[rows]
        values = values / np.sqrt(values @ values)
        kept = self._dice.random(len(rows)) > FORGOTTEN
        rows, values = rows[kept], values[kept]
        chances = SHARPNESS * (values @ self.weights[rows])
        chances = np.exp(chances - chances.max())
        chances /= chances.sum()
        chances[right] -= 1
        slope = np.outer(values, chances)
        self._moved[rows] += slope * slope
        self.weights[rows] -= STEP * slope / np.sqrt(self._moved[rows])
