"""Hear which cues of which intents a text holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge_base.understanding.gate import Gate, alternatives, pieces
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
    """The cues of all intents, tried only where their words stand.

    A cue is a long list of alternatives, of which hardly any can match: each has its own words.
    """

    def __init__(self, intents: Mapping[str, Intent], rules: Rules) -> None:
        self._rules = rules
        self._cues = [(code, cue) for code, intent in intents.items() for cue in intent.cues]
        self._parts = [
            (number, part)
            for number, (_, cue) in enumerate(self._cues)
            for part in alternatives(cue.pattern.pattern)
        ]
        self._gate = Gate(part for _, part in self._parts)

    def heard(self, text: str) -> dict[str, Spoken]:
        """Return what is heard, by intent."""
        spoken: dict[str, Spoken] = {}
        signs = self._rules.signs_of(text)
        for number, start in self._starts(text).items():
            code, cue = self._cues[number]
            if value := cue.score(text, start, signs):
                spoken.setdefault(code, Spoken()).add(cue, value)
        return spoken

    def _starts(self, text: str) -> dict[int, int]:
        """Return where the cues that stand in ``text`` begin."""
        starts: dict[int, int] = {}
        for at in self._gate.open_for(pieces(text)):
            number, part = self._parts[at]
            if found := _compiled(part).search(text):
                starts[number] = min(found.start(), starts.get(number, len(text)))
        return starts


@cache
def _compiled(source: str) -> re.Pattern[str]:
    """Compile an alternative when it is first tried: most never are."""
    return re.compile(source)
