"""What one sentence means on its own, before the conversation around it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.dialogue.commands import EscalationLevel


@dataclass(frozen=True)
class Escalation:
    """A rule of the trigger table that fired. ``say`` is the sentence to begin the reply with."""

    level: EscalationLevel
    rule: str
    say: str = ""
    start: str = ""


@dataclass(frozen=True)
class Reading:
    """Intent code (`domain.md` 6) with a calibrated confidence from 0 to 1.

    ``alternatives`` are the runners-up, best first. ``parts`` holds the sub-intents of a
    message with several wishes, in the order they were said. ``reasons`` say why, for people.
    """

    intent: str
    confidence: float
    escalation: Escalation = Escalation("none", "")
    alternatives: tuple[tuple[str, float], ...] = ()
    parts: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class IntentReader(Protocol):
    """Recognise the intent and the danger in a single message."""

    def read(self, text: str) -> Reading:
        """Return the reading of ``text``; never raises, never keeps state."""
        ...


@dataclass(frozen=True)
class Match:
    """A knowledge-base entry with the calibrated probability that it is the right one."""

    id: str
    score: float


@dataclass(frozen=True)
class Hit:
    """What the knowledge base makes of a question: answer it, offer choices, or neither.

    ``trace`` is plain JSON from which the score can be worked out again; it is stored with the
    answer and read by people and by ``anda kb match --explain`` only.
    """

    outcome: str = "unknown"  # answer | offer | unknown
    matches: Sequence[Match] = field(default_factory=tuple)
    trace: Mapping[str, Any] = field(default_factory=dict)


class KnowledgeBase(Protocol):
    """The governed answers."""

    @property
    def release(self) -> int:
        """Return the number of the release that answers, 0 for the shipped files."""
        ...

    def look_up(self, text: str) -> Hit:
        """Return what fits ``text``, best first."""
        ...

    def question(self, entry: str) -> str:
        """Return the standard question of an entry, '' when it is gone."""
        ...

    def answer(self, entry: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the rendered answer and its buttons, None when the entry is gone."""
        ...

    def explanation(self, entry: str) -> str:
        """Return the answer in other words, '' when there are none."""
        ...

    def related(self, entry: str) -> tuple[str, ...]:
        """Return the entries that may be meant instead."""
        ...

    def topics(self, entry: str) -> tuple[str, ...]:
        """Return what an entry is about, the main subject first."""
        ...

    def subjects(self, text: str) -> tuple[str, ...]:
        """Return the products and matters that ``text`` names, in order."""
        ...

    def about(self, entry: str, subject: str) -> bool:
        """Tell whether an entry is about a subject, whatever it calls it."""
        ...

    def swap(self, question: str, other: str) -> str:
        """Return ``question`` asked about ``other`` instead, '' when that makes no question."""
        ...

    def admits(self, entry: str, channel: str, *, verified: bool) -> bool:
        """Tell whether an entry is meant for a customer on this channel."""
        ...
