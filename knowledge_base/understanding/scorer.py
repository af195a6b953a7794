"""Weigh cues, examples and alarms into one probability per intent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_base.understanding.intents import Intent
from knowledge_base.understanding.linear import Linear
from knowledge_base.understanding.rules import Rules
from knowledge_base.understanding.similarity import Nearest

LEARNED = 11.0
CUE = 0.7
NEAREST = 2.0
# An example said word for word is what the clerk meant, whatever the cues say.
IDENTICAL = 5.0
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
        self, intents: Mapping[str, Intent], rules: Rules, linear: Linear, nearest: Nearest
    ) -> None:
        self._intents, self._rules = intents, rules
        self._linear, self._nearest = linear, nearest

    def rank(self, text: str, hints: Mapping[str, float] | None = None) -> Ranking:
        """Return all intents by probability."""
        learned = self._linear.scores(text)
        scores = {code: LEARNED * learned.get(code, 0.0) for code in self._intents}
        because: dict[str, list[str]] = {code: [] for code in scores}
        signs = self._rules.signs_of(text)
        for code, intent in self._intents.items():
            value, cue = intent.score(text, signs)
            scores[code] += CUE * value
            if cue is not None:
                because[code].append(f"「{cue.source[:24]}」+{cue.weight:g}")
        for code, (likeness, example) in self._nearest.best(text).items():
            same = IDENTICAL if text == example else 0.0
            scores[code] += NEAREST * likeness + same
            because[code].append(f"像例句「{example[:24]}」{likeness:.2f}")
        for code, value in (hints or {}).items():
            scores[code] += value
            because[code].insert(0, f"升级规则 +{value:g}")
        ranked = _probabilities(scores)
        return Ranking(ranked, tuple(because[ranked[0][0]]))


def _probabilities(scores: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    best = max(*scores.values(), DOUBT)
    powers = {code: math.exp((value - best) / TEMPERATURE) for code, value in scores.items()}
    total = sum(powers.values()) + math.exp((DOUBT - best) / TEMPERATURE)
    ranked = sorted(powers.items(), key=lambda item: -item[1])
    return tuple((code, power / total) for code, power in ranked)
