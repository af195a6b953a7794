"""Match a customer's question to entries: candidates, close comparison, confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Literal

from knowledge_base.analysis import Analysis, analyse_normalised
from knowledge_base.confidence import AT, Candidate, Lack, Surroundings, chance, signals
from knowledge_base.contrast import guard
from knowledge_base.correct import Corrector
from knowledge_base.index import Hit, Index
from knowledge_base.model import Model, Models, models
from knowledge_base.normalise import normalise
from knowledge_base.rerank import Asked, Entry, Features, weighed
from knowledge_base.trace import Trace, build
from knowledge_base.weights import Weights
from knowledge_base.wordings import STRANGER, Question, merged, prepare

__all__ = ["FaqMatcher", "Match", "Outcome", "Question"]

Outcome = Literal["answer", "offer", "unknown"]

CANDIDATES = 8
# Of the many sentences known to be out of scope so many are looked for, and so many compared;
# only one of which the question says nearly all tells anything.
STRANGERS, STRANGERS_COMPARED = 12, 3
ALIKE, ALIKE_COSINE = 0.75, 0.35
# An entry that shares so much less than the best one has never won the close comparison.
CLOSE = 0.6
# From this many wordings an entry on, their agreement is evidence of its own.
VARIED_FROM = 2
NOBODY = -20.0


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that may be meant: ``score`` is the chance that it is right."""

    id: str
    score: float
    similarity: float
    text_matched: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One wording with its features and their weighted sum."""

    entry: int
    text: int
    value: float
    features: Features


class FaqMatcher:
    """Finds the entries a question may mean. Built once, then read-only and thread-safe."""

    def __init__(self, entries: Sequence[Entry], tuned: Models | None = None) -> None:
        tables = tuned or models()
        held = sum(len(entry.wordings) for entry in entries)
        self._kind = "varied" if held > VARIED_FROM * len(entries) else "single"
        self.model: Model = getattr(tables, self._kind)
        self.entries = entries
        strangers = sum(entry.id == STRANGER for entry in entries)
        if any(entry.id == STRANGER for entry in entries[strangers:]):
            raise ValueError("sentences out of scope come first")
        self._guarded = strangers > 0
        self._strangers, self._ours = range(strangers), range(strangers, len(entries))
        own = (entry.mentions for entry in entries if entry.id != STRANGER)
        self._mentions = reduce(or_, own, 0)
        self._index = Index(entry.wordings for entry in entries)
        self._weights = Weights(entries)
        texts = (text for entry in entries for text in entry.wordings)
        self._corrector = Corrector(Counter(word for text in texts for word in text.words))

    @classmethod
    def build(
        cls,
        entries: Iterable[Question],
        tuned: Models | None = None,
        prepare: Callable[[Question], Entry | None] = prepare,
    ) -> FaqMatcher:
        """Analyse all wordings; entries without any wording are left out.

        ``prepare`` may remember what it has analysed for an earlier matcher.
        """
        prepared = (prepare(question) for question in merged(entries))
        return cls([entry for entry in prepared if entry], tuned)

    def judges_like(self, other: FaqMatcher) -> bool:
        """Tell whether both judge what they have in common by the same rules."""
        return self.model == other.model and self._mentions == other._mentions

    def weigh(self, feature: str) -> float:
        """Return how much a feature of the index says; see `knowledge_base.index`."""
        return self._index.weigh(feature)

    def match(self, text: str, limit: int = 5) -> list[Match]:
        """Return the likeliest entries, best first; empty when nothing is shared."""
        return self._matches(self.candidates(text, limit))

    def explain(self, text: str, limit: int = 5) -> tuple[list[Match], Trace]:
        """Return the matches, and the trace of the first; the trace is empty without any."""
        typed = normalise(text)
        asked = self._asked(typed)
        candidates = self._candidates(asked, max(2, limit)) if asked else []
        matches = self._matches(candidates)
        if asked is None or not matches:
            return [], {}
        first, *others = matches
        entry = self.entries[candidates[0].entry]
        model = self.model
        trace = build(asked, typed, candidates[0], entry, first.score)
        trace |= {
            "runner_up": {"entry": others[0].id, "score": others[0].score} if others else None,
            "outcome": self.outcome(matches),
            "answer_from": model.answer_from,
            "offer_from": model.offer_from,
            "scope_from": model.scope_from,
            "model": {"kind": self._kind, "name": model.name},
        }
        return matches[:limit], trace

    def _matches(self, candidates: Iterable[Candidate]) -> list[Match]:
        matches: list[Match] = []
        for candidate in candidates:
            match = self._match(candidate)
            # A later candidate is never surer than an earlier one.
            if matches and matches[-1].score < match.score:
                match = replace(match, score=matches[-1].score)
            matches.append(match)
        return matches

    def outcome(self, matches: Sequence[Match]) -> Outcome:
        """Tell whether to answer, to offer choices, or to admit that we do not know."""
        best = matches[0].score if matches else 0.0
        if best >= self.model.answer_from:
            return "answer"
        return "offer" if best >= self.model.offer_from else "unknown"

    def answered(self, matches: Sequence[Match]) -> bool:
        """Tell whether the first match is sure enough to be the answer."""
        return self.outcome(matches) == "answer"

    def candidates(self, text: str, limit: int = CANDIDATES) -> list[Candidate]:
        """Return the candidates with all that their scores are made of, best first."""
        asked = self._asked(normalise(text))
        return self._candidates(asked, limit) if asked else []

    def _asked(self, typed: str) -> Asked | None:
        question = analyse_normalised(self._corrector.correct(typed))
        if not question.text:
            return None
        return Asked(question, weighed(question.words, self._weights.of))

    def _candidates(self, asked: Asked, limit: int) -> list[Candidate]:
        question = asked.analysis
        ranked = self._ranked(asked)
        ours = [found for found in ranked if self.entries[found.entry].id != STRANGER]
        strange = [found.value for found in ranked if self._is_alike_stranger(found)]
        around = Surroundings(
            (strange[0] if strange else NOBODY) if self._guarded else None,
            (question.mentions & guard().decisive & ~self._mentions).bit_count(),
            len(question.text),
        )
        cosines = [found.features[AT["cosine"]] for found in ours[:2]] + [0.0]
        return [
            self._candidate(asked, found, cosines[place == 0], around)
            for place, found in enumerate(ours[:limit])
        ]

    def _is_alike_stranger(self, found: Compared) -> bool:
        """Tell whether the question says nearly all that makes a sentence one out of scope.

        车管所周末上班吗 is no warning against 周末上班吗.
        """
        stranger = self.entries[found.entry].id == STRANGER
        return stranger and found.features[AT["offered"]] >= ALIKE

    def _candidate(
        self, asked: Asked, found: Compared, rival: float, around: Surroundings
    ) -> Candidate:
        entry = self.entries[found.entry]
        foreign = asked.analysis.mentions & guard().foreign & ~entry.mentions
        lack = Lack(len(asked.guarded(entry)), bool(foreign), asked.unheard(entry))
        told = signals(found.value, found.features, rival, lack, around)
        return Candidate(found.entry, found.text, found.value, found.features, told)

    def _match(self, candidate: Candidate) -> Match:
        return Match(
            self.entries[candidate.entry].id,
            chance(self.model, candidate.features, candidate.signals),
            candidate.features[0],
            self.entries[candidate.entry].wordings[candidate.text].text,
        )

    def _ranked(self, asked: Asked) -> list[Compared]:
        """Return the best wording of every entry the index proposes, best first."""
        ranked = []
        for place, cosine in self._proposed(asked.analysis):
            entry = self.entries[place]
            text = asked.closest(entry)
            likeness = asked.likeness(entry, cosine)
            found = asked.compare(entry.wordings[text], likeness, self._weights.known)
            ranked.append(Compared(place, text, self.model.score.linear(found), found))
        ranked.sort(key=_value, reverse=True)
        return ranked

    def _proposed(self, question: Analysis) -> list[Hit]:
        """Return the entries worth comparing; strangers must not crowd out what we know."""
        ours, strange = self._index.search_in(
            question, (self._ours, CANDIDATES), (self._strangers, STRANGERS)
        )
        close = CLOSE * ours[0].cosine if ours else 0.0
        near = [hit for hit in ours if hit.cosine >= close]
        # 重疾险理赔要多久 is out of scope for its product, which may not be named here.
        unsaid = (guard().decisive | guard().foreign) & ~question.mentions
        fitting = [
            hit
            for hit in strange
            if hit.cosine >= ALIKE_COSINE and not self.entries[hit.entry].mentions & unsaid
        ]
        return near + fitting[:STRANGERS_COMPARED]


def _value(compared: Compared) -> float:
    return compared.value
