"""The numbers that were learnt from our own texts: weights of the score and of the confidence."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import mul
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from knowledge_base import lexicon
from knowledge_base.rerank import FEATURES

# Is the question in scope at all? Each input with the direction in which it may speak: what should
# raise the chance never lowers it.
SCOPE = {
    "cosine": 1,  # the index's own opinion
    "likeness": 1,  # of the texts or of what they sound like
    "words": 1,
    "stranger": -1,  # how much more it resembles a sentence known to be out of scope
    "alien": -1,  # the customer names a product or authority of which no entry speaks
    "missing": -1,  # the customer names a term of which the entry says nothing
    "price_absent": -1,  # the customer asks the price, and no wording of the entry does
    "unheard": -1,  # share of the customer's meaning of which the entry never speaks
    "brevity": -1,  # one over the number of characters: short texts say little
}
# Is the first candidate the right one? The same, and how clearly it leads.
SURE = SCOPE | {"lead": 1, "conflict": -1}
SCALE = {"rough": 1}


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve over named inputs."""

    bias: float
    weights: tuple[float, ...]

    def linear(self, inputs: Sequence[float]) -> float:
        """Return the weighted sum before squashing."""
        total: float = sum(map(mul, self.weights, inputs), self.bias)
        return total

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


@dataclass(frozen=True)
class Model:
    """How candidates are scored, and how sure a score makes us."""

    score: Curve
    scope: Curve
    sure: Curve
    # Brings the certainty to what labelled questions show.
    scale: Curve = Curve(0.0, (1.0,))
    # The same for wordings held out of the base we learnt from: harder than what customers ask.
    held: Curve = Curve(0.0, (1.0,))
    answer_from: float = 0.75
    offer_from: float = 0.25
    scope_from: float = 0.0
    # How sure we were of our labelled questions: what to expect of customers, as quantiles.
    usual: tuple[float, ...] = ()

    @cached_property
    def name(self) -> str:
        """Return a short name that changes with any of the numbers."""
        return f"{zlib.crc32(repr(_table(self)).encode()):08x}"


@dataclass(frozen=True, slots=True)
class Models:
    """One model for bases with one wording an entry, one for bases with many."""

    single: Model
    varied: Model

    def to_json(self) -> dict[str, Any]:
        """Return all numbers as plain JSON."""
        return {"single": _table(self.single), "varied": _table(self.varied)}

    @classmethod
    def from_json(cls, tables: Mapping[str, Any], origin: str = "models") -> Models:
        """Return the models that were written; raise ConfigurationError when they do not fit."""
        return cls(*(_model(origin, name, tables[name]) for name in ("single", "varied")))


CURVES = {
    "score": tuple(FEATURES),
    "scope": tuple(SCOPE),
    "sure": tuple(SURE),
    "scale": tuple(SCALE),
    "held": tuple(SCALE),
}
SETTINGS = ("answer_from", "offer_from", "scope_from")


def _table(model: Model) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for name, inputs in CURVES.items():
        curve: Curve = getattr(model, name)
        tables[name] = {"bias": curve.bias} | dict(zip(inputs, curve.weights, strict=True))
    settings = {name: getattr(model, name) for name in SETTINGS}
    return tables | {"settings": settings, "usual": list(model.usual)}


def _model(origin: str, kind: str, tables: Mapping[str, Any]) -> Model:
    curves: dict[str, Any] = {
        name: read_curve(f"{origin} 的 {kind}.{name}", tables[name], inputs)
        for name, inputs in CURVES.items()
    }
    settings: dict[str, Any] = {name: float(tables["settings"][name]) for name in SETTINGS}
    return Model(**curves, **settings, usual=tuple(map(float, tables["usual"])))


def read_curve(where: str, table: Mapping[str, float], inputs: Iterable[str]) -> Curve:
    """Read one table of weights; every input must have one."""
    names = tuple(inputs)
    unknown = [key for key in table if key not in (*names, "bias")]
    absent = [key for key in names if key not in table]
    if unknown or absent:
        raise ConfigurationError(
            f"{where}：多出 {unknown or '无'}，缺少 {absent or '无'}。"
            "请运行 python -m knowledge_base.train 重新生成，并重新发布知识库。"
        )
    return Curve(float(table.get("bias", 0.0)), tuple(float(table[key]) for key in names))


@cache
def models() -> Models:
    """Return the shared models, read from ``lexicon/weights.yaml``."""
    path = lexicon.FOLDER / "weights.yaml"
    return Models.from_json(safe_load(path.read_text(encoding="utf-8")), str(path))
