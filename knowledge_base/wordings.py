"""Prepare the wordings of entries for matching."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from knowledge_base.analysis import Analysis, analyse
from knowledge_base.contrast import guard
from knowledge_base.normalise import normalise
from knowledge_base.rerank import Entry
from knowledge_base.tokens import content_words

# The id of sentences that must not be answered: they compete, but are never offered.
STRANGER = ""
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """One entry as the matcher sees it: an id and all wordings, the standard one first.

    ``context`` is further text on the subject, such as the answer: it supports, but never finds.
    """

    id: str
    texts: tuple[str, ...]
    context: str = ""


def merged(questions: Iterable[Question]) -> Iterator[Question]:
    """Join the wordings of rows with one id; strangers stay apart."""
    by_id: dict[str, Question] = {}
    for question in questions:
        if question.id == STRANGER:
            yield question
        elif known := by_id.get(question.id):
            texts = (*known.texts, *question.texts)
            by_id[question.id] = replace(known, texts=texts)
        else:
            by_id[question.id] = question
    yield from by_id.values()


@dataclass(frozen=True, slots=True)
class Taken:
    """A question taken apart: its wordings, none when no word is left, and the context's words."""

    wordings: tuple[Analysis, ...]
    context: frozenset[str]


class Kept(Protocol):
    """Where what was taken apart is kept; see `knowledge_base.shelf`."""

    def find(self, question: Question) -> Taken | None:
        """Return what was found of a question before, None when nothing was."""
        ...

    def keep(self, found: Iterable[tuple[Question, Taken]]) -> None:
        """Keep what was found for the next start, and nothing else."""
        ...


def prepare(question: Question) -> Entry | None:
    """Return the entry with its analysed wordings, or None when no wording is left."""
    return _entry(question, take_apart(question))


def take_apart(question: Question) -> Taken:
    """Analyse all that a question says: what costs the time."""
    found = {analysis.text: analysis for analysis in map(analyse, question.texts) if analysis.text}
    wordings = _with_sides(list(found.values()))
    context = content_words(normalise(question.context)) if question.context else ()
    return Taken(tuple(wordings), frozenset(context) or NOTHING)


class Memory:
    """Prepares questions, and keeps what it prepared for the next release of a base.

    Nearly all the time a matcher takes to build goes into taking its wordings apart, and hardly
    any of them change from one release to the next.
    """

    def __init__(self, pause: Callable[[], None] | None = None, kept: Kept | None = None) -> None:
        """Take what to do between two questions: a server lets its requests through.

        What was taken apart at an earlier start is found in ``kept``.
        """
        self._pause = pause
        self._kept = kept
        self._taken: dict[Question, Taken] = {}
        self._old: dict[Question, Entry | None] = {}
        self._new: dict[Question, Entry | None] = {}

    def __call__(self, question: Question) -> Entry | None:
        """Return what :func:`prepare` returns."""
        if question not in self._new:
            if question in self._old:
                self._new[question] = self._old[question]
            else:
                self._new[question] = _entry(question, self._take(question))
                if self._pause is not None:
                    self._pause()
        return self._new[question]

    def _take(self, question: Question) -> Taken:
        found = self._kept.find(question) if self._kept else None
        taken = found or take_apart(question)
        if self._kept:
            self._taken[question] = taken
        return taken

    def keep(self) -> None:
        """Keep what the first matcher was built of for the next start; later ones are not kept."""
        if self._kept:
            self._kept.keep(self._taken.items())
        self._kept, self._taken = None, {}

    def turn(self) -> None:
        """Forget what the matcher built last did not use."""
        self._old, self._new = self._new, {}

    def remembered(self, question: Question) -> Entry | None:
        """Return what is remembered of a question, None when nothing is."""
        return self._new.get(question) or self._old.get(question)

    def known(self, question: Question) -> Entry | None:
        """Return what is remembered of a question, preparing it when nothing is."""
        return self.remembered(question) or prepare(question)


def _with_sides(wordings: list[Analysis]) -> list[Analysis]:
    """Let a wording that names no side of a contrast take that of the standard question."""
    groups = guard().groups_of(wordings[0].mentions) if wordings else ()
    if not groups:
        return wordings
    standard = wordings[0].mentions
    sided = []
    for wording in wordings:
        added = 0
        for group in groups:
            if not wording.mentions & group:
                added |= standard & group
        sided.append(replace(wording, mentions=wording.mentions | added) if added else wording)
    return sided


def _entry(question: Question, taken: Taken) -> Entry | None:
    return _common(question, taken) if taken.wordings else None


def _common(question: Question, taken: Taken) -> Entry:
    wordings = taken.wordings
    mentions = kinds = 0
    for wording in wordings:
        mentions |= wording.mentions
        kinds |= wording.kinds
    alone = len(wordings) == 1
    return Entry(
        question.id,
        wordings=wordings,
        sounds=() if alone else tuple(wording.sound for wording in wordings),
        words=wordings[0].words if alone else _union(wording.words for wording in wordings),
        context=taken.context or NOTHING,
        subject=wordings[0].mentions,
        mentions=mentions,
        kinds=kinds,
    )


def _union(parts: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(name for part in parts for name in part)
