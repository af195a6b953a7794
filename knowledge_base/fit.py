"""Fit the two small models by plain gradient descent; no numerical library needed."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from knowledge_base.model import Curve, squash

Vector = Sequence[float]
Signs = Sequence[int]
Sample = tuple[Vector, bool]
RATE = 0.5
# The candidates of one question, and the places of those that are right.
Ranking = tuple[list[Vector], list[int]]


def fit_ranking(
    rankings: list[Ranking], start: Curve, signs: Signs, pull: float, rounds: int = 12
) -> Curve:
    """Learn weights that put a right candidate first, not straying far from the start."""
    weights = list(start.weights)
    # Every weight has a pace of its own: the inputs are of very different size (AdaGrad).
    paces = [1.0] * len(weights)
    order = random.Random(3)  # noqa: S311 - shuffling, not security
    shuffled = list(rankings)
    for _ in range(rounds):
        order.shuffle(shuffled)
        for vectors, right in shuffled:
            for place, push in enumerate(_pushes(weights, vectors, right)):
                pulled = push - pull * (weights[place] - start.weights[place])
                paces[place] += pulled * pulled
                moved = weights[place] + RATE * pulled / math.sqrt(paces[place])
                weights[place] = moved if moved * signs[place] > 0 else 0.0
    return Curve(0.0, tuple(weights))


def _pushes(weights: list[float], vectors: list[Vector], right: list[int]) -> list[float]:
    """Return the gradient of the log-chance of the right candidates."""
    values = [sum([w * x for w, x in zip(weights, vector, strict=True)]) for vector in vectors]
    top = max(values)
    powers = [math.exp(value - top) for value in values]
    total, good = sum(powers), sum([powers[place] for place in right])
    push = [0.0] * len(weights)
    for place, vector in enumerate(vectors):
        wanted = powers[place] / good if place in right else 0.0
        pull = wanted - powers[place] / total
        for at, value in enumerate(vector):
            push[at] += pull * value
    return push


def fit_chance(
    samples: Sequence[Sample], signs: Signs, rounds: int = 60, decay: float = 1e-4
) -> Curve:
    """Learn a logistic curve: how likely the first answer is right."""
    size = len(samples[0][0])
    means = [sum([vector[at] for vector, _ in samples]) / len(samples) for at in range(size)]
    spreads = [_spread([vector[at] for vector, _ in samples], means[at]) for at in range(size)]
    scaled = [
        ([(x - m) / s for x, m, s in zip(vector, means, spreads, strict=True)], right)
        for vector, right in samples
    ]
    bias, weights = 0.0, [0.0] * size
    order = random.Random(5)  # noqa: S311 - shuffling, not security
    for turn in range(rounds):
        rate = 0.1 / (1 + turn / 5)
        order.shuffle(scaled)
        for vector, right in scaled:
            value = bias + sum([w * x for w, x in zip(weights, vector, strict=True)])
            error = right - squash(value)
            bias += rate * error
            for at, value in enumerate(vector):
                moved = weights[at] + rate * (error * value - decay * weights[at])
                weights[at] = moved if moved * signs[at] > 0 else 0.0
    raw = [w / s for w, s in zip(weights, spreads, strict=True)]
    return Curve(bias - sum([w * m for w, m in zip(raw, means, strict=True)]), tuple(raw))


def _spread(values: list[float], mean: float) -> float:
    return math.sqrt(sum([(value - mean) ** 2 for value in values]) / len(values)) or 1.0
