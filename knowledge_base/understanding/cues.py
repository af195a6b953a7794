"""Hear which cues of which intents a text holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_base.understanding.gate import Gate
from knowledge_base.understanding.intents import Cue, Intent
from knowledge_base.understanding.rules import Rules


@dataclass
class Spoken:
    """What the cues of one intent add up to, and the strongest one that spoke for it."""

    total: float = 0.0
    strongest: Cue | None = None
    _high: float = 0.0

    def add(self, cue: Cue, value: float) -> None:
        """Count one cue."""
        self.total += value
        if value > self._high:
            self.strongest, self._high = cue, value


class Cues:
    """The cues of all intents, tried only where their words stand."""

    def __init__(self, intents: Mapping[str, Intent], rules: Rules) -> None:
        self._rules = rules
        self._cues = [(code, cue) for code, intent in intents.items() for cue in intent.cues]
        self._gate = Gate(cue.pattern for _, cue in self._cues)

    def heard(self, text: str) -> dict[str, Spoken]:
        """Return what is heard, by intent."""
        spoken: dict[str, Spoken] = {}
        signs = self._rules.signs_of(text)
        for number in self._gate.open_for(text):
            code, cue = self._cues[number]
            if value := cue.score(text, signs):
                spoken.setdefault(code, Spoken()).add(cue, value)
        return spoken
