"""Bring the confidence to scale for one base: done once, when the base is published.

Some wordings are held out and asked of the rest: those are positives. The wordings of entries left
out altogether and the sentences out of scope are negatives. What these show is compared with what
the same experiment showed on the base the shipped numbers were learnt from, whose customers'
questions we know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from knowledge_base.confidence import Candidate, in_scope, rough
from knowledge_base.fit import fit_chance
from knowledge_base.matcher import FaqMatcher
from knowledge_base.model import SCALE, Curve, Model, Models, models
from knowledge_base.wordings import STRANGER, Question

PRECISION = 0.95
# Whatever the precision asked for, we answer only what is likelier right than wrong.
LEAST_CHANCE = 0.5
# Nearly all that is answered rightly must pass the gate.
GATE_LOSS = 0.05
QUANTILES = 40
# Every so manieth wording is held out, every so manieth entry left out, as are strangers.
HELD, LEFT = 4, 5
# Entries with fewer wordings have none to spare.
LEAST_WORDINGS = 3
# Fewer entries than this tell nothing; more than this tell nothing new.
FEWEST, MOST = 20, 400

# What came first for one question asked, and whether that was right.
Told = tuple[Candidate, bool]


def calibrate(
    questions: Iterable[Question], precision: float = PRECISION, tuned: Models | None = None
) -> Models:
    """Return the models with the certainty and the thresholds that suit this base.

    A base whose entries have a single wording each has nothing to hold out: it keeps the shipped
    curve, and only the thresholds follow the precision.
    """
    shipped = tuned or models()
    told = trials(questions, shipped)
    single, varied = shipped.single, shipped.varied
    if sum(right for _, right in told) >= FEWEST:
        seen = reference(told, varied)
        varied = gated(replace(varied, scale=carried(varied.scale, varied.held, seen)), told)
    return Models(with_precision(single, precision), with_precision(varied, precision))


def carried(scale: Curve, reference: Curve, seen: Curve) -> Curve:
    """Return the scale, moved by how this base differs from the one we learnt from."""
    stretch = scale.weights[0] / (reference.weights[0] or 1.0)
    bias = scale.bias + stretch * (seen.bias - reference.bias)
    return Curve(bias, (stretch * seen.weights[0],))


def gated(model: Model, told: Sequence[Told]) -> Model:
    """Set the gate so that hardly any of what is answered rightly stays outside."""
    passed = sorted(in_scope(model, *_told(found)) for found, right in told if right)
    return replace(model, scope_from=round(passed[int(GATE_LOSS * len(passed))], 4))


def with_precision(model: Model, precision: float) -> Model:
    """Let the threshold follow from the precision and from how sure we usually are."""
    return replace(model, answer_from=threshold(model.usual, precision))


def usually(chances: Sequence[float]) -> tuple[float, ...]:
    """Return how sure we are of what customers ask, as evenly spaced quantiles."""
    ordered = sorted(chances)
    return tuple(
        round(ordered[(2 * at + 1) * len(ordered) // (2 * QUANTILES)], 4) for at in range(QUANTILES)
    )


def threshold(chances: Iterable[float], precision: float) -> float:
    """Return the lowest chance from which on answers are right often enough."""
    best, total = 1.0, 0.0
    for count, sure in enumerate(sorted(chances, reverse=True), 1):
        total += sure
        if total < precision * count:
            break
        best = sure
    return round(max(LEAST_CHANCE, best), 4)


def trials(questions: Iterable[Question], tuned: Models) -> list[Told]:
    """Ask what was held out, and return what came first for each."""
    known = list(questions)
    own = [question for question in known if question.id != STRANGER]
    own = own[:: max(1, len(own) // MOST)]
    strange = [question for question in known if question.id == STRANGER]
    base, asked = list[Question](), list[tuple[str, str]]()
    for place, question in enumerate(own):
        held = _held(question)
        left = place % LEFT == LEFT - 1
        asked += [(text, STRANGER if left else question.id) for text in held]
        if not left:
            kept = tuple(text for text in question.texts if text not in held)
            base.append(replace(question, texts=kept))
    asked += [(text, STRANGER) for question in strange[::HELD] for text in question.texts]
    base += [question for place, question in enumerate(strange) if place % HELD]
    return list(_ask(FaqMatcher.build(base, Models(tuned.varied, tuned.varied)), asked))


def _held(question: Question) -> frozenset[str]:
    if len(question.texts) < LEAST_WORDINGS:
        return frozenset()
    return frozenset(question.texts[HELD - 1 :: HELD] or question.texts[-1:])


def _ask(matcher: FaqMatcher, asked: Iterable[tuple[str, str]]) -> Iterator[Told]:
    for text, right in asked:
        if found := matcher.candidates(text, 1):
            yield found[0], bool(right) and matcher.entries[found[0].entry].id == right


def _told(found: Candidate) -> tuple[tuple[float, ...], dict[str, float]]:
    return found.features, dict(found.signals)


def reference(told: Sequence[Told], model: Model) -> Curve:
    """Return the curve this experiment shows, to compare other bases with."""
    samples = [((rough(model, *_told(found)),), right) for found, right in told]
    return fit_chance(samples, tuple(SCALE.values()))
