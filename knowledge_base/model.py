"""The numbers that were learnt from our own texts: weights of the score and of the confidence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.errors import ConfigurationError
from knowledge_base import lexicon
from knowledge_base.rerank import FEATURES

# Is the question in scope at all? Each signal with the direction in which it may speak: what should
# raise the chance never lowers it.
SCOPE = {
    "score": 1,  # the best score
    "context": 1,  # share of the customer's meaning found in the answer or the topics
    "text": 1,  # likeness of the texts
    "kind_absent": -1,  # the customer asks where, when or who, and no wording of the entry does
    "price_absent": -1,  # the same of the price
    "alien": -1,  # the customer names a product or authority of which no entry speaks
    "missing": -1,  # the customer names a term of which the entry says nothing
    "stranger": -1,  # how much more it resembles a sentence known to be out of scope
    "brevity": -1,  # one over the number of characters: short texts say little
}
# If it is in scope, is the first candidate the right one?
CHOICE = {
    "score": 1,
    "margin": 1,  # its lead over the best other entry
    "asked": 1,
    "context": 1,
    "text": 1,
    "kind_absent": -1,
    "conflict": -1,  # exclusive terms: 退保 here, 续保 there
    "brevity": -1,
}
SCALE = {"product": 1}


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve over named inputs."""

    bias: float
    weights: tuple[float, ...]

    def linear(self, inputs: Sequence[float]) -> float:
        """Return the weighted sum before squashing."""
        return self.bias + sum([w * x for w, x in zip(self.weights, inputs, strict=True)])

    def at(self, inputs: Sequence[float]) -> float:
        """Return a probability."""
        return squash(self.linear(inputs))


def logit(chance: float) -> float:
    """Return the inverse of squash."""
    kept = min(1 - 1e-9, max(1e-9, chance))
    return math.log(kept / (1 - kept))


def squash(value: float) -> float:
    """Return the logistic of a value, safe for large ones."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


@dataclass(frozen=True, slots=True)
class Model:
    """How candidates are scored, and how sure a score makes us."""

    score: Curve
    scope: Curve
    choice: Curve
    # Brings the product of the two chances to what our labelled questions show.
    scale: Curve = Curve(0.0, (1.0,))
    # How much the doubt between two candidates counts beside the doubt about the scope.
    caution: float = 1.0
    answer_from: float = 0.75
    offer_from: float = 0.25


@dataclass(frozen=True, slots=True)
class Models:
    """One model for bases with one wording an entry, one for bases with many."""

    single: Model
    varied: Model


def read_curve(path: Path, name: str, table: Mapping[str, float], inputs: Iterable[str]) -> Curve:
    """Read one table of weights; every input must have one."""
    names = tuple(inputs)
    unknown = [key for key in table if key not in (*names, "bias")]
    absent = [key for key in names if key not in table]
    if unknown or absent:
        raise ConfigurationError(
            f"{path} 的 {name}：多出 {unknown or '无'}，缺少 {absent or '无'}。"
            "请运行 python -m knowledge_base.train 重新生成。"
        )
    return Curve(float(table.get("bias", 0.0)), tuple(float(table[key]) for key in names))


@cache
def models() -> Models:
    """Return the shared models, read from ``lexicon/weights.yaml``."""
    path = lexicon.FOLDER / "weights.yaml"
    tables = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Models(*(_model(path, name, tables[name]) for name in ("single", "varied")))


def _model(path: Path, name: str, tables: Mapping[str, Mapping[str, float]]) -> Model:
    return Model(
        read_curve(path, f"{name}.score", tables["score"], FEATURES),
        read_curve(path, f"{name}.scope", tables["scope"], SCOPE),
        read_curve(path, f"{name}.choice", tables["choice"], CHOICE),
        read_curve(path, f"{name}.scale", tables["scale"], SCALE),
        **tables["settings"],
    )
