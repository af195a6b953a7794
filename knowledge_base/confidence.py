"""Turn scores into the chance that the first answer is right.

The chance is that of being in scope at all, times that of the choice being right, brought to
scale. The curves were learnt from our own texts by ``train.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge_base.model import CHOICE, SCOPE, Model, logit
from knowledge_base.rerank import FEATURES, Features

AT = {name: place for place, name in enumerate(FEATURES)}
FAR = 6.0
FOREIGN = 0.2
# What a base without sentences out of scope says of every question: neither like them nor unlike.
NO_STRANGERS = -2.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """The best wording of one entry, with what its score is made of."""

    entry: int
    text: int
    value: float
    features: Features
    signals: Mapping[str, float]


def signals(
    value: float, rival: float, stranger: float | None, alien: int, foreign: bool, length: int
) -> dict[str, float]:
    """Return what the confidence is judged by, beside the features themselves."""
    return {
        "score": value,
        "margin": _kept(value - rival, 4.0),
        "stranger": NO_STRANGERS if stranger is None else _kept(stranger - value, FAR),
        "alien": float(min(2, alien)),
        "foreign": float(foreign),
        "brevity": 1 / max(1, length),
    }


def _kept(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def inputs(names: Iterable[str], candidate: Candidate) -> tuple[float, ...]:
    """Return the named features and signals in order."""
    extra, found = candidate.signals, candidate.features
    return tuple([extra[name] if name in extra else found[AT[name]] for name in names])


def rough(model: Model, candidate: Candidate) -> tuple[float]:
    """Return the logit of being in scope and of the choice being right, before scaling."""
    in_scope = model.scope.at(inputs(SCOPE, candidate))
    return (logit(in_scope * model.choice.at(inputs(CHOICE, candidate)) ** model.caution),)


def chance(model: Model, candidate: Candidate) -> float:
    """Return the chance that the question is in scope and this candidate is right."""
    scaled = model.scale.at(rough(model, candidate))
    # Not learnt but ruled: about another company or town we know nothing, however alike it sounds.
    return scaled * FOREIGN if candidate.signals["foreign"] else scaled
