"""Weigh cues, examples and alarms into one probability per intent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_base.understanding.intents import Intent
from knowledge_base.understanding.rules import Rules
from knowledge_base.understanding.similarity import Similarity

DRIFT = 0.55
NEAREST = 5.0
# An example said word for word is what the clerk meant, whatever the cues say.
IDENTICAL = 4.0
TEMPERATURE = 1.6
# What «none of them» scores: below it the bot had better ask.
DOUBT = 3.0


@dataclass(frozen=True)
class Ranking:
    """Intents with their probabilities, best first, and why the first one leads."""

    ranked: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]


class Scorer:
    """Ranks the intents for a text in plain spelling."""

    def __init__(
        self, intents: Mapping[str, Intent], rules: Rules, examples: list[tuple[str, str]]
    ) -> None:
        self._intents = intents
        self._rules = rules
        self._examples = examples
        self._similarity = Similarity(examples)

    def rank(self, text: str, hints: Mapping[str, float] | None = None) -> Ranking:
        """Return all intents by probability."""
        signs = self._rules.signs_of(text)
        nearest = self._similarity.nearest(text)
        scores = {c: DRIFT * v for c, v in self._similarity.drift(text).items()}
        because: dict[str, list[str]] = {}
        for code, (likeness, number) in nearest.items():
            scores[code] += NEAREST * likeness
            if text == self._examples[number][1]:
                scores[code] += IDENTICAL
            because[code] = [f"像例句「{self._examples[number][1]}」{likeness:.2f}"]
        for code, intent in self._intents.items():
            value, cue = intent.score(text, signs)
            scores[code] = scores.get(code, 0.0) + value
            if cue is not None:
                because.setdefault(code, []).insert(0, f"「{cue.source[:24]}」+{cue.weight:g}")
        for code, value in (hints or {}).items():
            scores[code] = scores.get(code, 0.0) + value
            because.setdefault(code, []).insert(0, f"升级规则 +{value:g}")
        ranked = _probabilities(scores)
        return Ranking(ranked, tuple(because.get(ranked[0][0], ())))


def _probabilities(scores: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    best = max(max(scores.values()), DOUBT)
    powers = {code: math.exp((value - best) / TEMPERATURE) for code, value in scores.items()}
    total = sum(powers.values()) + math.exp((DOUBT - best) / TEMPERATURE)
    ranked = sorted(powers.items(), key=lambda item: -item[1])
    return tuple((code, power / total) for code, power in ranked)
