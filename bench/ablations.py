"""Take one thing away from the matcher at a time: what is lost is what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from knowledge_base import index, matcher, normalise
from knowledge_base.correct import Corrector
from knowledge_base.model import SURE, Curve, Models, models
from knowledge_base.patterns import Replacer
from knowledge_base.rerank import FEATURES
from knowledge_base.tokens import synonyms
from knowledge_base.wordings import STRANGER, Question

Bases = Sequence[Question]


@contextmanager
def _set(place: Any, name: str, value: object) -> Iterator[None]:
    kept = getattr(place, name)
    setattr(place, name, value)
    try:
        yield
    finally:
        setattr(place, name, kept)


@contextmanager
def _no_synonyms() -> Iterator[None]:
    kept = dict(synonyms())
    synonyms().clear()
    try:
        yield
    finally:
        synonyms().update(kept)


@contextmanager
def nothing() -> Iterator[None]:
    """Take nothing away."""
    yield


def _as_typed(_: Corrector, text: str) -> str:
    return text


@dataclass(frozen=True)
class Ablation:
    """One thing taken away: around the work, from the base, or from the learnt numbers."""

    name: str
    around: Callable[[], Any] = nothing
    base: Callable[[Bases], Bases] = list
    tuned: Callable[[Models], Models] = lambda tuned: tuned

    def build(self, questions: Bases) -> matcher.FaqMatcher:
        """Return the matcher without it."""
        return matcher.FaqMatcher.build(self.base(questions), self.tuned(models()))


def _without(curve: str, inputs: Sequence[str], name: str) -> Callable[[Models], Models]:
    def cut(tuned: Models) -> Models:
        held: Curve = getattr(tuned.varied, curve)
        weights = list(held.weights)
        weights[inputs.index(name)] = 0.0
        changed: dict[str, Any] = {curve: Curve(held.bias, tuple(weights))}
        return replace(tuned, varied=replace(tuned.varied, **changed))

    return cut


def _no_context(base: Bases) -> Bases:
    return [replace(question, context="") for question in base]


def _no_strangers(base: Bases) -> Bases:
    return [question for question in base if question.id != STRANGER]


def ablations() -> Iterator[Ablation]:
    """Yield all of them, the whole matcher first."""
    yield Ablation("完整")
    yield Ablation("去掉同义词", _no_synonyms)
    yield Ablation("去掉方言与错字表", lambda: _set(normalise, "spelling", lambda: Replacer({})))
    yield Ablation("去掉按读音认字", lambda: _set(Corrector, "correct", _as_typed))
    for title, name in (("词", "WORD"), ("单字", "CHARACTER"), ("字对", "PAIR"), ("音对", "SOUND")):
        yield Ablation(f"检索不看{title}", partial(_set, index, name, 0.001))
    yield Ablation("少见的词不减分量", lambda: _set(index, "RARITY", 1.0))
    yield Ablation("去掉答案里的词", base=_no_context)
    yield Ablation("去掉“不归我们答”的句子", base=_no_strangers)
    for name in FEATURES:
        yield Ablation(f"名次不看 {name}", tuned=_without("score", tuple(FEATURES), name))
    for name in SURE:
        yield Ablation(f"把握不看 {name}", tuned=_without("sure", tuple(SURE), name))
