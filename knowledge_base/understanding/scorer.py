"""Weigh cues, examples and alarms into one probability per intent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge_base.understanding.cues import Cues, Spoken
from knowledge_base.understanding.intents import Intent
from knowledge_base.understanding.linear import Linear, features
from knowledge_base.understanding.rules import Rules
from knowledge_base.understanding.similarity import Nearest, Values

LEARNED = 11.0
CUE = 0.7
NEAREST = 2.0
# An example said word for word is what the clerk meant, whatever the cues say.
IDENTICAL = 5.0
TEMPERATURE = 1.6
# How many of the likeliest anybody asks for.
RANKED = 6
# What «none of them» scores: below it the bot had better ask.
DOUBT = 3.0


@dataclass(frozen=True)
class Ranking:
    """The likeliest intents with their probabilities, and why the first one leads."""

    ranked: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]


class Scorer:
    """Ranks the intents for a text in plain spelling."""

    def __init__(
        self, intents: Mapping[str, Intent], rules: Rules, linear: Linear, nearest: Nearest
    ) -> None:
        self._codes = tuple(intents)
        self._place = {code: place for place, code in enumerate(self._codes)}
        self._cues = Cues(intents, rules)
        self._linear, self._nearest = linear, nearest
        self._learned_at = self._places(linear.codes)
        self._nearest_at = self._places(nearest.codes)
        self._examples = {text: code for code, text in nearest.examples}

    def _places(self, codes: Sequence[str]) -> npt.NDArray[np.int32]:
        return np.array([self._place[code] for code in codes], np.int32)

    def rank(self, text: str, hints: Mapping[str, float] | None = None) -> Ranking:
        """Return the likeliest intents by probability."""
        scores = np.zeros(len(self._codes))
        scores[self._learned_at] += LEARNED * self._linear.scores(features(text))
        likeness = self._nearest.likeness(text)
        scores[self._nearest_at] += NEAREST * self._nearest.best(likeness)
        if same := self._examples.get(text):
            scores[self._place[same]] += IDENTICAL
        spoken = self._cues.heard(text)
        for code, said in spoken.items():
            scores[self._place[code]] += CUE * said.total
        for code, value in (hints or {}).items():
            scores[self._place[code]] += value
        ranked = self._probabilities(scores)
        return Ranking(ranked, self._reasons(ranked[0][0], spoken, likeness, hints or {}))

    def _probabilities(self, scores: Values) -> tuple[tuple[str, float], ...]:
        best = max(float(scores.max()), DOUBT)
        powers = np.exp((scores - best) / TEMPERATURE)
        powers /= float(powers.sum()) + math.exp((DOUBT - best) / TEMPERATURE)
        order = np.argsort(-powers, kind="stable")[:RANKED].tolist()
        return tuple([(self._codes[place], float(powers[place])) for place in order])

    def _reasons(
        self,
        code: str,
        spoken: Mapping[str, Spoken],
        likeness: Values,
        hints: Mapping[str, float],
    ) -> tuple[str, ...]:
        """Return in words why ``code`` leads."""
        reasons = [f"升级规则 +{hints[code]:g}"] if code in hints else []
        if code in spoken and (cue := spoken[code].strongest):
            reasons.append(f"「{cue.source[:24]}」+{cue.weight:g}")
        near, example = self._nearest.nearest(likeness, code)
        if near > 0:
            reasons.append(f"像例句「{example[:24]}」{near:.2f}")
        return tuple(reasons)
