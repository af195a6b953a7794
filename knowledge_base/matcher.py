"""Match a customer's question to entries: candidates, close comparison, confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Literal

from knowledge_base.analysis import Analysis, analyse_normalised
from knowledge_base.confidence import Candidate, chance, signals
from knowledge_base.contrast import guard
from knowledge_base.correct import Corrector
from knowledge_base.index import Index, features
from knowledge_base.model import Models, models
from knowledge_base.normalise import normalise
from knowledge_base.rerank import Asked, Entry, Features, Likeness, weighed
from knowledge_base.weights import Weights
from knowledge_base.wordings import STRANGER, Prepared, Question, merged, prepare

__all__ = ["FaqMatcher", "Match", "Outcome", "Question"]

Outcome = Literal["answer", "offer", "unknown"]

CANDIDATES = 20
COMPARED = 12
# A wording that shares so much less than the best one has never won the close comparison.
CLOSE = 0.35
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

    def __init__(
        self,
        entries: Sequence[Entry],
        texts: Sequence[Analysis],
        owners: Sequence[int],
        tuned: Models | None = None,
    ) -> None:
        tables = tuned or models()
        self.model = tables.varied if len(texts) > VARIED_FROM * len(entries) else tables.single
        self.entries = entries
        self._texts = texts
        self._owners = owners
        self._guarded = any(entry.id == STRANGER for entry in entries)
        own = (entry.mentions for entry in entries if entry.id != STRANGER)
        self._mentions = reduce(or_, own, 0)
        self._index = Index((features(text.sound, text.words) for text in texts), owners)
        self._weights = Weights(entries)
        self._corrector = Corrector(Counter(word for text in texts for word in text.words))

    @classmethod
    def build(
        cls,
        entries: Iterable[Question],
        tuned: Models | None = None,
        prepare: Callable[[Question], Prepared | None] = prepare,
    ) -> FaqMatcher:
        """Analyse all wordings; entries without any wording are left out.

        ``prepare`` may remember what it has analysed for an earlier matcher.
        """
        kept: list[Entry] = []
        texts: list[Analysis] = []
        owners: list[int] = []
        for question in merged(entries):
            if prepared := prepare(question):
                entry, wordings = prepared
                owners += [len(kept)] * len(wordings)
                texts += wordings
                kept.append(entry)
        return cls(kept, texts, owners, tuned)

    def judges_like(self, other: FaqMatcher) -> bool:
        """Tell whether both judge what they have in common by the same rules."""
        return self.model is other.model and self._mentions == other._mentions

    def weigh(self, feature: str) -> float:
        """Return how much a feature of the index says; see `knowledge_base.index`."""
        return self._index.weigh(feature)

    def match(self, text: str, limit: int = 5) -> list[Match]:
        """Return the likeliest entries, best first; empty when nothing is shared."""
        matches: list[Match] = []
        for candidate in self.candidates(text, limit):
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

    def candidates(self, text: str, limit: int = COMPARED) -> list[Candidate]:
        """Return the candidates with all that their scores are made of, best first."""
        question = analyse_normalised(self._corrector.correct(normalise(text)))
        if not question.text:
            return []
        ranked = self._ranked(question)
        ours = [found for found in ranked if self.entries[found.entry].id != STRANGER]
        strange = (found.value for found in ranked if self.entries[found.entry].id == STRANGER)
        stranger = next(strange, NOBODY) if self._guarded else None
        alien = question.mentions & guard().decisive & ~self._mentions
        foreign = question.mentions & guard().foreign
        values = [found.value for found in ours[:2]] + [NOBODY]
        return [
            Candidate(
                found.entry,
                found.text,
                found.value,
                found.features,
                signals(
                    found.value,
                    values[place == 0],
                    stranger,
                    alien.bit_count(),
                    bool(foreign & ~self.entries[found.entry].mentions),
                    len(question.text),
                ),
            )
            for place, found in enumerate(ours[:limit])
        ]

    def _match(self, candidate: Candidate) -> Match:
        return Match(
            self.entries[candidate.entry].id,
            chance(self.model, candidate),
            candidate.features[0],
            self._texts[candidate.text].text,
        )

    def _ranked(self, question: Analysis) -> list[Compared]:
        """Return the best wording of every entry the index proposes, best first."""
        wanted = features(question.sound, question.words)
        asked = Asked(
            question,
            weighed(question.words, self._weights.of),
            weighed(wanted, self._index.weigh),
        )
        hits = self._index.search(wanted, CANDIDATES)
        support: dict[int, float] = {}
        for text, cosine, _ in hits:
            owner = self._owners[text]
            support[owner] = support.get(owner, 0.0) + cosine
        best: dict[int, Compared] = {}
        likeness: dict[int, Likeness] = {}
        close = CLOSE * max((cosine for _, cosine, _ in hits), default=0.0)
        for text, cosine, overlap in [hit for hit in hits if hit[1] >= close][:COMPARED]:
            owner = self._owners[text]
            if owner not in likeness:
                likeness[owner] = asked.likeness(self.entries[owner], overlap)
            votes = (support[owner] - cosine) / 3
            found = asked.compare(
                self._texts[text], likeness[owner], self._weights.known, cosine, votes
            )
            value = self.model.score.linear(found)
            if owner not in best or best[owner].value < value:
                best[owner] = Compared(owner, text, value, found)
        return sorted(best.values(), key=lambda compared: -compared.value)
