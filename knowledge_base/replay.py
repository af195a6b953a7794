"""Ask every known question of two bases and tell what an edit changes, before it goes live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge_base.analysis import Analysis, analyse_normalised
from knowledge_base.index import features
from knowledge_base.loader import KnowledgeBase
from knowledge_base.matcher import FaqMatcher, Outcome
from knowledge_base.normalise import normalise
from knowledge_base.wordings import STRANGER, Memory, Question

Kind = Literal["past", "test", "variant"]
Status = Literal["same", "better", "newly", "changed", "lost"]
STATUSES: tuple[Status, ...] = ("lost", "changed", "newly", "better", "same")
# These need somebody's word that they are right.
TO_EXPLAIN: frozenset[Status] = frozenset({"lost", "changed"})
# A wording of an untouched entry that shares less of its meaning with all that was edited keeps its
# answer: it finds itself first, whatever else comes among the candidates.
TOUCHED = 0.1
# With more of the base edited, all weights move and nearly everything is touched.
MOSTLY = 0.1
_CHOICES = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to try. ``right`` are the entries that answer it; None when nobody said."""

    text: str
    kind: Kind
    right: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a base makes of a question; ``entries`` are the likeliest, best first."""

    outcome: Outcome
    entries: tuple[str, ...] = ()
    score: float = 0.0

    @property
    def first(self) -> str:
        """Return the likeliest entry, '' for none."""
        return self.entries[0] if self.entries else ""


@dataclass(frozen=True, slots=True)
class Change:
    """A question that the two bases answer differently."""

    asked: Asked
    status: Status
    before: Verdict
    after: Verdict


@dataclass
class Report:
    """What a replay found; ``matched`` is how many questions had to be matched again."""

    total: int = 0
    matched: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def count(self, status: Status) -> int:
        """Return how many questions of any kind have this status."""
        return sum(counter[status] for counter in self.counts.values())

    @property
    def to_explain(self) -> int:
        """Return how many changes somebody has to answer for."""
        return sum(self.count(status) for status in TO_EXPLAIN)

    def summary(self) -> dict[str, int]:
        """Return the counts as a release keeps them."""
        return {"total": self.total} | {status: self.count(status) for status in STATUSES}


@dataclass(frozen=True)
class Side:
    """A base with its matcher, and what it is known to answer."""

    base: KnowledgeBase
    matcher: FaqMatcher
    known: dict[str, Verdict] = field(default_factory=dict)

    def ask(self, text: str) -> Verdict:
        """Return what this base makes of a question; what normalises to the same is the same."""
        plain = normalise(text)
        if (found := self.known.get(plain)) is None:
            found = self.known[plain] = self._ask(text)
        return found

    def _ask(self, text: str) -> Verdict:
        matches = self.matcher.match(text, _CHOICES)
        found = tuple(match.id for match in matches)
        return Verdict(self.matcher.outcome(matches), found, matches[0].score if matches else 0.0)


def variants(before: KnowledgeBase, after: KnowledgeBase) -> Iterator[Asked]:
    """Yield every wording of the entries that stay or come, once, with its entry as it will be."""
    owners: dict[str, str] = {}
    for entry in after.entries.values():
        for text in entry.texts:
            owners.setdefault(text, entry.id)
    for entry in before.entries.values():
        if entry.id in after.entries:
            for text in entry.texts:
                owners.setdefault(text, entry.id)
    for text, owner in owners.items():
        yield Asked(text, "variant", frozenset({owner}))


def replay(
    before: Side,
    after: Side,
    asked: Iterable[Asked],
    memory: Memory | None = None,
    *,
    everything: bool = False,
) -> Report:
    """Compare the answers of two bases.

    What customers asked, and the test questions, are always matched against both. Of the wordings,
    by far the most, only those that share meaning with an edited entry are, unless ``everything``
    is asked for or the edit is so large that it touches all.
    """
    edit = None if everything else Edit.between(before, after, memory or Memory())
    report = Report()
    for question in asked:
        report.total += 1
        counter = report.counts.setdefault(question.kind, Counter())
        if question.kind == "variant" and edit is not None and not edit.touches(question.text):
            counter["same"] += 1
            continue
        report.matched += 1
        was, will = before.ask(question.text), after.ask(question.text)
        status = compare(was, will, question.right)
        counter[status] += 1
        if status != "same":
            report.changes.append(Change(question, status, was, will))
    report.changes = ordered(report.changes)
    return report


def ordered(changes: Iterable[Change]) -> list[Change]:
    """Return changes with the worst first, in an order of their own."""
    return sorted(changes, key=lambda c: (STATUSES.index(c.status), c.asked.kind, c.asked.text))


def compare(was: Verdict, will: Verdict, right: frozenset[str] | None) -> Status:
    """Tell what became of the answer to one question."""
    if right is None:
        return _unlabelled(was, will)
    rank, new = _rank(was, right), _rank(will, right)
    if new > rank:
        return "newly" if was.outcome == "unknown" and will.outcome == "answer" else "better"
    if new < rank:
        return "changed" if will.outcome == "answer" else "lost"
    return "changed" if new == 0 and was.first != will.first else "same"


def _rank(verdict: Verdict, right: frozenset[str]) -> int:
    """Return how good a verdict is: wrong answer, no answer, right choice first, right answer."""
    good = verdict.first in right
    if verdict.outcome == "answer":
        return 3 if good else 0
    if not right:
        return 3
    return 2 if verdict.outcome == "offer" and good else 1


def _unlabelled(was: Verdict, will: Verdict) -> Status:
    if was.outcome == "answer":
        if will.outcome != "answer":
            return "lost"
        return "same" if was.first == will.first else "changed"
    if was.outcome == "unknown":
        steps: dict[str, Status] = {"answer": "newly", "offer": "better", "unknown": "same"}
        return steps[will.outcome]
    if will.outcome == "unknown":
        return "lost"
    if will.outcome == "answer":
        return "better" if will.first in was.entries else "changed"
    return "same" if was.first in will.entries else "changed"


@dataclass(frozen=True)
class Edit:
    """What is different between two bases, as far as the index can tell it."""

    owners: Mapping[str, tuple[int, ...]]
    matcher: FaqMatcher
    known: Mapping[str, Analysis]

    @classmethod
    def between(cls, before: Side, after: Side, memory: Memory) -> Edit | None:
        """Return the edit, None when it is too large to tell what it leaves alone."""
        old, new = _questions(before.base), _questions(after.base)
        changed = [code for code in old.keys() | new.keys() if old.get(code) != new.get(code)]
        size = max(1, min(len(old), len(new)))
        if len(changed) > MOSTLY * size or not before.matcher.judges_like(after.matcher):
            return None
        owners: dict[str, list[int]] = {}
        for place, code in enumerate(changed):
            for feature in _features(memory, old.get(code), new.get(code)):
                owners.setdefault(feature, []).append(place)
        kept = {feature: tuple(places) for feature, places in owners.items()}
        return cls(kept, after.matcher, _analyses(memory, [*old.values(), *new.values()]))

    def touches(self, text: str) -> bool:
        """Tell whether an edited entry may have a say in the answer to a question."""
        analysis = self.known.get(text) or self._analysis(normalise(text))
        found = features(analysis.sound, analysis.words)
        shared: dict[int, float] = {}
        for feature in self.owners.keys() & found:
            weight = self.matcher.weigh(feature)
            for place in self.owners[feature]:
                shared[place] = shared.get(place, 0.0) + weight
        return bool(shared) and max(shared.values()) >= TOUCHED * self._weight(found)

    def _analysis(self, plain: str) -> Analysis:
        return self.known.get(plain) or analyse_normalised(plain)

    def _weight(self, found: Iterable[str]) -> float:
        """Return what the features say together; one that no wording has tells none apart."""
        weights = ((feature, self.matcher.weigh(feature)) for feature in found)
        return sum(w for feature, w in weights if w < 1.0 or feature in self.owners)


def _questions(base: KnowledgeBase) -> dict[str, Question]:
    return {question.id: question for question in base.questions() if question.id != STRANGER}


def _features(memory: Memory, *questions: Question | None) -> set[str]:
    found: set[str] = set()
    for question in questions:
        prepared = memory.known(question) if question else None
        for wording in prepared.wordings if prepared else ():
            found |= features(wording.sound, wording.words)
    return found


def _analyses(memory: Memory, questions: Iterable[Question]) -> dict[str, Analysis]:
    """Return what is known of wordings already; taking them apart is the slow part."""
    found: dict[str, Analysis] = {}
    for question in questions:
        prepared = memory.remembered(question)
        wordings = prepared.wordings if prepared else ()
        found |= {wording.text: wording for wording in wordings}
        # Wordings that are the same once normalised leave one analysis: no telling whose it is.
        if len(wordings) == len(question.texts):
            found |= zip(question.texts, wordings, strict=True)
    return found
