"""The knowledge base as the dialogue asks it: look up, standard question, rendered answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import structlog

from bot.dialogue.reading import Hit, Match
from bot.errors import ConfigurationError
from knowledge_base import audience
from knowledge_base.calibration import PRECISION, with_precision
from knowledge_base.entries import Entry
from knowledge_base.loader import KnowledgeBase, load_folder
from knowledge_base.matcher import FaqMatcher
from knowledge_base.model import Models, models
from knowledge_base.subjects import Subjects
from knowledge_base.wordings import Memory

log = structlog.get_logger()
FOLDER = Path(__file__).with_name("faq")
_CHOICES = 3
_REMEMBERED, _SHORT = 4_096, 60
# Before the first release in the database the shipped files are the base.
SHIPPED = 0


@dataclass(frozen=True)
class Snapshot:
    """One release, whole: it is swapped for the next one in a single assignment."""

    base: KnowledgeBase
    matcher: FaqMatcher
    release: int
    recall: Callable[[str], Hit]
    subjects: Subjects
    calibration: Mapping[str, Any] | None = None


class Service:
    """Entries, their matcher, and the branch's facts; thread-safe, and renewed as a whole."""

    def __init__(
        self,
        base: KnowledgeBase,
        facts: Mapping[str, str],
        release: int = SHIPPED,
        calibration: Mapping[str, Any] | None = None,
        memory: Memory | None = None,
        precision: float = PRECISION,
    ) -> None:
        self.facts = facts
        self.precision = precision
        self.memory = memory or Memory()
        # Two builds at once would share the memory and take twice as long.
        self.building = threading.Lock()
        self._former: Snapshot | None = None
        self._now = self.snapshot(base, release, calibration)
        self.memory.keep()

    @classmethod
    def load(cls, facts: Mapping[str, str], folder: Path = FOLDER) -> Service:
        """Load the shipped entries; raise KnowledgeError with file, line and remedy."""
        return cls(load_folder(folder), facts)

    @property
    def base(self) -> KnowledgeBase:
        """Return the entries of the live release."""
        return self._now.base

    @property
    def matcher(self) -> FaqMatcher:
        """Return the matcher of the live release."""
        return self._now.matcher

    @property
    def release(self) -> int:
        """Return the number of the live release; 0 for the shipped files."""
        return self._now.release

    @property
    def calibration(self) -> Mapping[str, Any] | None:
        """Return what the live release is judged by; None where the shipped weights hold."""
        return self._now.calibration

    def snapshot(
        self, base: KnowledgeBase, release: int, calibration: Mapping[str, Any] | None = None
    ) -> Snapshot:
        """Build what answers from ``base``; slow, and in nobody's way."""
        with self.building:
            matcher = build(base, calibration, self.memory, self.precision)
            self.memory.turn()
        # Buttons and greetings make up much of what is said: the same words, the same answer.
        recall = lru_cache(_REMEMBERED)(partial(_look_up, matcher, release))
        return Snapshot(
            base, matcher, release, recall, Subjects(base.entries.values()), calibration
        )

    def put_live(self, snapshot: Snapshot) -> None:
        """Answer from another release from now on; a turn under way may still ask the former."""
        self._former, self._now = self._now, snapshot

    def forget_former(self) -> None:
        """Drop the release before this one: what was begun under it is over."""
        self._former = None

    def look_up(self, text: str) -> Hit:
        """Return what fits ``text``, best first."""
        now = self._now
        return now.recall(text) if len(text) <= _SHORT else _look_up(now.matcher, now.release, text)

    def _entry(self, entry: str) -> Entry | None:
        """Return an entry of this release, or of the former: it may just have been offered."""
        now, former = self._now, self._former
        found = now.base.entries.get(entry)
        return found or (former.base.entries.get(entry) if former else None)

    def question(self, entry: str) -> str:
        """Return the standard question of an entry, '' when it is gone."""
        found = self._entry(entry)
        return found.question if found else ""

    def answer(self, entry: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the rendered answer and its buttons, None when the entry is gone."""
        found = self._entry(entry)
        return (self.base.answer(found, self.facts), found.buttons) if found else None

    def explanation(self, entry: str) -> str:
        """Return the answer in other words, '' when there are none."""
        found = self._entry(entry)
        return self.base.explanation(found, self.facts) if found else ""

    def related(self, entry: str) -> tuple[str, ...]:
        """Return the entries that may be meant instead."""
        found = self._entry(entry)
        return found.related if found else ()

    def topics(self, entry: str) -> tuple[str, ...]:
        """Return what an entry is about, the main subject first."""
        found = self._entry(entry)
        return found.topics if found else ()

    def subjects(self, text: str) -> tuple[str, ...]:
        """Return the products and matters that ``text`` names, in order."""
        return self._now.subjects.of(text)

    def about(self, entry: str, subject: str) -> bool:
        """Tell whether an entry is about a subject, whatever it calls it."""
        found = self._entry(entry)
        return found is not None and self._now.subjects.about(found, subject)

    def swap(self, question: str, other: str) -> str:
        """Return ``question`` asked about ``other`` instead, '' when that makes no question."""
        return self._now.subjects.swap(question, other)

    def admits(self, entry: str, channel: str, *, verified: bool) -> bool:
        """Tell whether a customer on this channel may hear an entry."""
        found = self._entry(entry)
        return found is None or audience.parse(found.audience).admits(channel, verified=verified)


def build(
    base: KnowledgeBase,
    calibration: Mapping[str, Any] | None = None,
    memory: Memory | None = None,
    precision: float = PRECISION,
) -> FaqMatcher:
    """Build the matcher of a base; without a calibration of its own the shipped weights hold."""
    prepare = memory or Memory()
    return FaqMatcher.build(base.questions(), models_of(calibration, precision), prepare)


def models_of(calibration: Mapping[str, Any] | None, precision: float = PRECISION) -> Models:
    """Return the models of a release, or those shipped, with thresholds for this precision.

    A product whose features have changed since cannot read an old calibration: the shipped
    weights hold then too, until somebody publishes again.
    """
    try:
        known = Models.from_json(calibration, "release") if calibration else models()
    except (ConfigurationError, KeyError):
        log.warning("knowledge.calibration_outdated")
        known = models()
    return Models(with_precision(known.single, precision), with_precision(known.varied, precision))


def _look_up(matcher: FaqMatcher, release: int, text: str) -> Hit:
    matches, trace = matcher.explain(text, _CHOICES)
    found = tuple([Match(match.id, match.score) for match in matches])
    return Hit(matcher.outcome(matches), found, trace | {"release": release})


class LiveEntries(Mapping[str, Entry]):
    """The entries of whatever release is live when somebody looks."""

    def __init__(self, service: Callable[[], Service]) -> None:
        self._service = service

    def __getitem__(self, key: str) -> Entry:
        return self._service().base.entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._service().base.entries)

    def __len__(self) -> int:
        return len(self._service().base.entries)
