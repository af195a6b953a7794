"""The knowledge base as the dialogue asks it: look up, standard question, rendered answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from bot.dialogue.reading import Hit, Match
from knowledge_base.loader import KnowledgeBase, load_folder
from knowledge_base.matcher import FaqMatcher
from knowledge_base.subjects import Subjects

FOLDER = Path(__file__).with_name("faq")
_CHOICES = 3
_REMEMBERED, _SHORT = 4_096, 60


class Service:
    """Entries, their matcher, and the branch's facts; read-only and thread-safe."""

    def __init__(self, base: KnowledgeBase, facts: Mapping[str, str]) -> None:
        self.base = base
        self.matcher = FaqMatcher.build(base.questions())
        self.subject_names = Subjects(base.entries.values())
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

    def explanation(self, entry: str) -> str:
        """Return the answer in other words, '' when there are none."""
        found = self.base.entries.get(entry)
        return self.base.explanation(found, self.facts) if found else ""

    def related(self, entry: str) -> tuple[str, ...]:
        """Return the entries that may be meant instead."""
        found = self.base.entries.get(entry)
        return found.related if found else ()

    def topics(self, entry: str) -> tuple[str, ...]:
        """Return what an entry is about, the main subject first."""
        found = self.base.entries.get(entry)
        return found.topics if found else ()

    def subjects(self, text: str) -> tuple[str, ...]:
        """Return the products and matters that ``text`` names, in order."""
        return self.subject_names.of(text)

    def about(self, entry: str, subject: str) -> bool:
        """Tell whether an entry is about a subject, whatever it calls it."""
        found = self.base.entries.get(entry)
        return found is not None and self.subject_names.about(found, subject)

    def swap(self, question: str, other: str) -> str:
        """Return ``question`` asked about ``other`` instead, '' when that makes no question."""
        return self.subject_names.swap(question, other)
