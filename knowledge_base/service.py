"""The knowledge base as the dialogue asks it: look up, standard question, rendered answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from bot.dialogue.reading import Hit, Match
from knowledge_base.loader import KnowledgeBase, load_folder
from knowledge_base.matcher import FaqMatcher

FOLDER = Path(__file__).with_name("faq")
_CHOICES = 3
_REMEMBERED, _SHORT = 4_096, 60


class Service:
    """Entries, their matcher, and the branch's facts; read-only and thread-safe."""

    def __init__(self, base: KnowledgeBase, facts: Mapping[str, str]) -> None:
        self.base = base
        self.matcher = FaqMatcher.build(base.questions())
        self.facts = facts
        # Buttons and greetings make up much of what is said: the same words, the same answer.
        self._remembered = lru_cache(_REMEMBERED)(self._look_up)

    @classmethod
    def load(cls, facts: Mapping[str, str], folder: Path = FOLDER) -> Service:
        """Load the shipped entries; raise KnowledgeError with file, line and remedy."""
        return cls(load_folder(folder), facts)

    def look_up(self, text: str) -> Hit:
        """Return what fits ``text``, best first."""
        return self._remembered(text) if len(text) <= _SHORT else self._look_up(text)

    def _look_up(self, text: str) -> Hit:
        matches, trace = self.matcher.explain(text, _CHOICES)
        found = tuple(Match(match.id, match.score) for match in matches)
        return Hit(self.matcher.outcome(matches), found, trace)

    def question(self, entry: str) -> str:
        """Return the standard question of an entry, '' when it is gone."""
        found = self.base.entries.get(entry)
        return found.question if found else ""

    def answer(self, entry: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the rendered answer and its buttons, None when the entry is gone."""
        found = self.base.entries.get(entry)
        return (self.base.answer(found, self.facts), found.buttons) if found else None
