"""Prepare the wordings of entries for matching."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

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


def prepare(question: Question) -> Entry | None:
    """Return the entry with its analysed wordings, or None when no wording is left."""
    found = {analysis.text: analysis for analysis in map(analyse, question.texts) if analysis.text}
    wordings = _with_sides(list(found.values()))
    return _common(question, wordings) if wordings else None


class Memory:
    """Prepares questions, and keeps what it prepared for the next release of a base.

    Nearly all the time a matcher takes to build goes into taking its wordings apart, and hardly
    any of them change from one release to the next.
    """

    def __init__(self, pause: Callable[[], None] | None = None) -> None:
        """Take what to do between two questions: a server lets its requests through."""
        self._pause = pause
        self._old: dict[Question, Entry | None] = {}
        self._new: dict[Question, Entry | None] = {}

    def __call__(self, question: Question) -> Entry | None:
        """Return what :func:`prepare` returns."""
        if question not in self._new:
            if question in self._old:
                self._new[question] = self._old[question]
            else:
                self._new[question] = prepare(question)
                if self._pause is not None:
                    self._pause()
        return self._new[question]

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


def _common(question: Question, wordings: list[Analysis]) -> Entry:
    mentions = kinds = 0
    for wording in wordings:
        mentions |= wording.mentions
        kinds |= wording.kinds
    context = content_words(normalise(question.context)) if question.context else ()
    alone = len(wordings) == 1
    return Entry(
        question.id,
        wordings=tuple(wordings),
        sounds=() if alone else tuple(wording.sound for wording in wordings),
        words=wordings[0].words if alone else _union(wording.words for wording in wordings),
        context=frozenset(context) or NOTHING,
        subject=wordings[0].mentions,
        mentions=mentions,
        kinds=kinds,
    )


def _union(parts: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(name for part in parts for name in part)
