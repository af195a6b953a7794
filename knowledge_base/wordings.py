"""Prepare the wordings of entries for matching."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
