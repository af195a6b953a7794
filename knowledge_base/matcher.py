"""Match a customer's question to entries: candidates, close comparison, confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge_base.analysis import Analysis, analyse, analyse_normalised
from knowledge_base.contrast import guard
from knowledge_base.correct import Corrector
from knowledge_base.index import Index
from knowledge_base.index import features as index_features
from knowledge_base.model import CHOICE, SCOPE, Models, logit, models
from knowledge_base.normalise import normalise
from knowledge_base.rerank import FEATURES, Entry, Features
from knowledge_base.rerank import Question as Asked
from knowledge_base.tokens import content_words
from knowledge_base.weights import Weights

Outcome = Literal["answer", "offer", "unknown"]

CANDIDATES = 20
COMPARED = 12
VARIED_FROM = 2
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """One entry as the matcher sees it: an id and all wordings, the standard one first."""

    id: str
    texts: tuple[str, ...]
    context: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that may be meant: ``score`` is the chance that it is right."""

    id: str
    score: float
    similarity: float
    text_matched: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """The best wording of one entry, with what its score is made of."""

    entry: int
    text: int
    value: float
    features: Features


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate laid open for training and explanation."""

    id: str
    features: Features
    signals: Mapping[str, float]


class FaqMatcher:
    """Finds the entries a question may mean. Built once, then read-only and thread-safe."""

    def __init__(
        self,
        entries: Sequence[Entry],
        texts: Sequence[Analysis],
        owners: Sequence[int],
        tuned: Models | None = None,
    ) -> None:
        self._entries = entries
        self._texts = texts
        self._owners = owners
        tables = tuned or models()
        # With many wordings an entry, agreement among them is evidence of its own.
        varied = len(texts) > VARIED_FROM * len(entries)
        self._model = tables.varied if varied else tables.single
        self._index = Index([index_features(t.sound, t.words) for t in texts], owners)
        self._weights = Weights(entries)
        counts = Counter(word for text in texts for word in text.words)
        self._corrector = Corrector(counts.items())

    @classmethod
    def build(cls, entries: Iterable[Question], tuned: Models | None = None) -> FaqMatcher:
        """Analyse all wordings; entries without any wording are left out."""
        kept: list[Entry] = []
        texts: list[Analysis] = []
        owners: list[int] = []
        for entry in entries:
            wordings = _distinct(entry.texts)
            if not wordings:
                continue
            owners += [len(kept)] * len(wordings)
            texts += _with_sides(wordings)
            kept.append(_common(entry, wordings))
        return cls(kept, texts, owners, tuned)

    def match(self, text: str, limit: int = 5) -> list[Match]:
        """Return the likeliest entries, best first; empty when nothing is shared."""
        question, candidates = self.candidates(text)
        return self._matches(question, candidates, limit)

    def outcome(self, matches: Sequence[Match]) -> Outcome:
        """Tell whether to answer, to offer choices, or to admit that we do not know."""
        best = matches[0].score if matches else 0.0
        if best >= self._model.answer_from:
            return "answer"
        return "offer" if best >= self._model.offer_from else "unknown"

    def answered(self, matches: Sequence[Match]) -> bool:
        """Tell whether the first match is sure enough to be the answer."""
        return self.outcome(matches) == "answer"

    def candidates(self, text: str) -> tuple[Analysis, list[Candidate]]:
        """Return the question taken apart and its candidates, best first."""
        analysis = analyse_normalised(self._corrector.correct(normalise(text)))
        if not analysis.text or not self._texts:
            return analysis, []
        wanted = index_features(analysis.sound, analysis.words)
        hits = self._index.search(wanted, CANDIDATES)
        return analysis, self._compared(analysis, hits)

    def _compared(self, analysis: Analysis, hits: list[tuple[int, float]]) -> list[Candidate]:
        weigh = self._weights.of
        pairs = [
            (pair, self._index.weigh(pair)) for pair in index_features(analysis.sound, analysis.words)
        ]
        asked = Asked(analysis, weigh, pairs)
        votes: dict[int, list[float]] = {}
        for text, cosine in hits:
            votes.setdefault(self._owners[text], []).append(cosine)
        best: dict[int, Candidate] = {}
        for text, cosine in hits[:COMPARED]:
            owner = self._owners[text]
            support = (sum(votes[owner]) - cosine) / 3
            found = asked.compare(self._texts[text], self._entries[owner], weigh, cosine, support)
            value = self._model.score.linear(found)
            if owner not in best or best[owner].value < value:
                best[owner] = Candidate(owner, text, value, found)
        return sorted(best.values(), key=lambda candidate: -candidate.value)

    def _chance(self, found: Features, extra: Mapping[str, float]) -> float:
        """Return the chance that the question is in scope and this candidate is right."""
        in_scope = self._model.scope.at(inputs(SCOPE, found, extra))
        chance = in_scope * self._model.choice.at(inputs(CHOICE, found, extra))
        return self._model.scale.at((logit(chance),))

    def scored(self, text: str) -> list[Scored]:
        """Return the candidates as training wants them: id, features, signals."""
        question, candidates = self.candidates(text)
        return [
            Scored(
                self._entries[candidate.entry].id,
                candidate.features,
                signals(
                    candidate,
                    candidate.value - _best_other(candidates, candidate),
                    len(question.text),
                ),
            )
            for candidate in candidates
        ]

    def _matches(
        self, question: Analysis, candidates: list[Candidate], limit: int
    ) -> list[Match]:
        matches = []
        for candidate in candidates[:limit]:
            lead = candidate.value - _best_other(candidates, candidate)
            chance = self._chance(candidate.features, signals(candidate, lead, len(question.text)))
            entry = self._entries[candidate.entry]
            likeness = candidate.features[0]
            matches.append(Match(entry.id, chance, likeness, self._texts[candidate.text].text))
        # A later candidate is never surer than an earlier one.
        for at in range(1, len(matches)):
            if matches[at].score > matches[at - 1].score:
                matches[at] = replace(matches[at], score=matches[at - 1].score)
        return matches


AT = {name: place for place, name in enumerate(FEATURES)}


def signals(candidate: Candidate, lead: float, length: int) -> dict[str, float]:
    """Return what the confidence is judged by, beside the features themselves."""
    lead = max(-4.0, min(4.0, lead))
    return {"score": candidate.value, "margin": lead, "brevity": 1 / max(1, length)}


def inputs(
    names: Iterable[str], features: Features, extra: Mapping[str, float]
) -> tuple[float, ...]:
    """Return the named features and signals in order."""
    return tuple([extra[name] if name in extra else features[AT[name]] for name in names])


def _best_other(candidates: list[Candidate], candidate: Candidate) -> float:
    for other in candidates:
        if other is not candidate:
            return other.value
    return -10.0


def _distinct(texts: Iterable[str]) -> list[Analysis]:
    found = {analysis.text: analysis for analysis in map(analyse, texts) if analysis.text}
    return list(found.values())


def _with_sides(wordings: list[Analysis]) -> list[Analysis]:
    """Let a wording that names no side of a contrast take that of the standard question."""
    standard = wordings[0].mentions
    if not standard:
        return wordings
    sided = [wordings[0]]
    for wording in wordings[1:]:
        added = 0
        for group in guard().groups_of(standard):
            if not wording.mentions & group:
                added |= standard & group
        sided.append(replace(wording, mentions=wording.mentions | added) if added else wording)
    return sided


def _common(question: Question, wordings: list[Analysis]) -> Entry:
    mentions = kinds = 0
    for wording in wordings:
        mentions |= wording.mentions
        kinds |= wording.kinds
    words = frozenset(word for wording in wordings for word in wording.words)
    pairs = frozenset(
        pair for wording in wordings for pair in index_features(wording.sound, wording.words)
    )
    context = frozenset(content_words(normalise(question.context))) if question.context else NOTHING
    return Entry(question.id, words, mentions, kinds, pairs, context)
