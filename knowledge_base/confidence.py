"""Turn scores into the chance that the first answer is right, and into one of three outcomes.

The curves were learnt from our own texts by ``train.py`` and are brought to scale for each base
by ``calibration.py`` when it is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge_base.model import SCOPE, SURE, Model
from knowledge_base.rerank import FEATURES, Features

AT = {name: place for place, name in enumerate(FEATURES)}
FAR = 6.0
FOREIGN = 0.2
# Where a contrast is not met we ask instead of answering, so the chance stays this much below.
GUARDED = 0.9
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


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the candidates of one question."""

    # The score of the best sentence out of scope; None when the base holds no such sentences.
    stranger: float | None
    # Terms of which no entry speaks.
    alien: int
    length: int


@dataclass(frozen=True, slots=True)
class Lack:
    """What an entry as a whole lacks of a question."""

    # Contrasts in which no wording of the entry takes the customer's side.
    guard: int
    # Another company, town or trade of which the entry does not speak.
    foreign: bool
    # The share of the customer's meaning of which neither wordings nor answer speak.
    unheard: float


def signals(
    value: float, features: Features, rival: float, lack: Lack, around: Surroundings
) -> dict[str, float]:
    """Return what the confidence is judged by, beside the features themselves."""
    cosine = features[AT["cosine"]]
    stranger = around.stranger
    return {
        "score": value,
        "lead": max(-1.0, 1 - rival / cosine) if cosine else 0.0,
        "likeness": max(features[0], features[1]),
        "stranger": NO_STRANGERS if stranger is None else max(-FAR, min(FAR, stranger - value)),
        "alien": float(min(2, around.alien)),
        "guard": float(min(2, lack.guard)),
        "foreign": float(lack.foreign),
        "unheard": lack.unheard,
        "brevity": 1 / max(1, around.length),
    }


def inputs(
    names: Iterable[str], features: Features, told: Mapping[str, float]
) -> tuple[float, ...]:
    """Return the named features and signals in order."""
    return tuple([told[name] if name in told else features[AT[name]] for name in names])


def rough(model: Model, features: Features, told: Mapping[str, float]) -> float:
    """Return the logit of this candidate being right, before scaling."""
    return model.sure.linear(inputs(SURE, features, told))


def in_scope(model: Model, features: Features, told: Mapping[str, float]) -> float:
    """Return the chance that anything here answers the question, whichever entry it is."""
    return model.scope.at(inputs(SCOPE, features, told))


def chance(model: Model, features: Features, told: Mapping[str, float]) -> float:
    """Return the chance that the question is in scope and this candidate is right."""
    scaled = model.scale.at((rough(model, features, told),))
    # Not learnt but ruled: about another company or town we know nothing, however alike it sounds.
    if told["foreign"]:
        return scaled * FOREIGN
    if told["guard"]:
        return scaled * model.answer_from * GUARDED
    if in_scope(model, features, told) < model.scope_from:
        return scaled * model.offer_from * GUARDED
    return scaled
