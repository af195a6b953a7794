"""The match trace: plain JSON stored with an answer, from which its score recomputes exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knowledge_base.analysis import Analysis
from knowledge_base.confidence import Candidate, chance
from knowledge_base.contrast import guard
from knowledge_base.model import Model, Models
from knowledge_base.rerank import Asked, Entry

Trace = dict[str, Any]


def build(asked: Asked, typed: str, candidate: Candidate, entry: Entry, sure: float) -> Trace:
    """Return what made this candidate the first, without thresholds and rivals."""
    question, text = asked.analysis, entry.wordings[candidate.text]
    shared = [word for word in question.words if word in text.words]
    trace: Trace = {
        "entry": entry.id,
        "text": text.text,
        "asked": question.text,
        "words": shared,
        "synonyms": _restated(shared, question, text),
        "features": list(candidate.features),
        "signals": dict(candidate.signals),
        "guard": guard().named(asked.guarded(entry)),
        "score": sure,
    }
    if typed != question.text:
        trace["typed"] = typed
    return trace


def _restated(shared: Sequence[str], question: Analysis, text: Analysis) -> list[str]:
    """Return the shared words that one side or the other put differently."""
    return [word for word in shared if word not in question.text or word not in text.text]


def score(trace: Mapping[str, Any], models: Models) -> float:
    """Work the score out again from what the trace holds; equal to the last digit."""
    return chance(_model(trace, models), tuple(trace["features"]), trace["signals"])


def _model(trace: Mapping[str, Any], models: Models) -> Model:
    model: Model = getattr(models, trace["model"]["kind"])
    if model.name != trace["model"]["name"]:
        used = trace["model"]["name"]
        raise ValueError(f"the trace was made by model {used}, not {model.name}")
    return model
