"""Learn the weights from our own entries: ``python -m knowledge_base.train``.

Every wording is asked of a base that does not hold it. Questions to refuse are the wordings of
entries left out altogether, and ``lexicon/out_of_scope.txt``. No other text is used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from knowledge_base import lexicon
from knowledge_base.confidence import Candidate, chance, inputs, rough
from knowledge_base.fit import Ranking, Sample, fit_chance, fit_ranking
from knowledge_base.loader import load_folder
from knowledge_base.matcher import FaqMatcher, Question
from knowledge_base.model import CHOICE, SCALE, SCOPE, Curve, Model, Models
from knowledge_base.rerank import FEATURES
from knowledge_base.trials import Fold, Trial, single_folds, varied_folds
from knowledge_base.wordings import STRANGER

LABELLED = "tests/knowledge_base/faq_eval.yaml"
PRECISION = 0.95
# Customers are less tidy than our labelled questions: below three to two we do not answer.
LEAST_CHANCE = 0.6
# Large bases of single questions hold many near-doubles: there a close rival tells less.
CAUTION = {"single": 0.3, "varied": 1.0}
# A hand-made start; learning may not stray far from it, for our own texts are few.
START = {
    "text": 3.0, "sound": 3.0, "words": 3.0, "cosine": 10.0, "asked": 4.5, "offered": 3.0,
    "asked_gap": -2.4, "offered_gap": -1.2, "entry": 3.0,
    "context": 0.5, "kind": -1.2, "kind_absent": -1.0, "price_absent": -1.5,
    "negation": -0.9, "number": -1.5, "conflict": -2.0, "guard": -2.0, "missing": -1.2,
    "length": -0.3,
}  # fmt: skip


Found = list[tuple[str, Candidate]]


def learn(folds: Sequence[Fold], known: dict[str, frozenset[str]], start: Curve) -> Model:
    """Fit the score, then the chance that its first answer is right."""
    model = Model(start, Curve(0.0, (0.0,) * len(SCOPE)), Curve(0.0, (0.0,) * len(CHOICE)))
    for _ in range(2):
        asked = [_ranking(trial, found) for trial, found in _ask(folds, model)]
        rankings = [ranking for ranking in asked if ranking]
        model = replace(model, score=fit_ranking(rankings, start, tuple(FEATURES.values())))
    scope: list[Sample] = []
    choice: list[Sample] = []
    for trial, found in _ask(folds, model):
        # A neighbour of an entry left out may well hold its answer: no verdict.
        if not found or (not trial.right and found[0][0] in known.get(trial.text, ())):
            continue
        name, first = found[0]
        scope.append((inputs(SCOPE, first), bool(trial.right)))
        if trial.right:
            choice.append((inputs(CHOICE, first), name in trial.right))
    return replace(
        model,
        scope=fit_chance(scope, tuple(SCOPE.values())),
        choice=fit_chance(choice, tuple(CHOICE.values())),
    )


def _ask(folds: Sequence[Fold], model: Model) -> Iterator[tuple[Trial, Found]]:
    for fold in folds:
        matcher = FaqMatcher.build(fold.base, Models(model, model))
        for trial in fold.trials:
            found = matcher.candidates(trial.text)
            yield trial, [(matcher.entries[candidate.entry].id, candidate) for candidate in found]


def _ranking(trial: Trial, found: Found) -> Ranking | None:
    right = [place for place, (name, _) in enumerate(found) if name in trial.right]
    return ([candidate.features for _, candidate in found], right) if right else None


def accuracy(folds: Sequence[Fold], model: Model) -> float:
    """Return the share of answerable trials whose first candidate is right."""
    told = [
        bool(found) and found[0][0] in trial.right
        for trial, found in _ask(folds, model)
        if trial.right
    ]
    return sum(told) / len(told)


def calibrate(model: Model, base: Sequence[Question], labelled: Sequence[Trial]) -> Model:
    """Bring chances to what labelled questions show, and set the thresholds from them."""
    answers = list(_ask([Fold(list(base), list(labelled))], model))
    samples = [
        (rough(model, found[0][1]), found[0][0] in trial.right)
        for trial, found in answers
        if found and not found[0][1].signals["foreign"]
    ]
    joined = replace(model, scale=fit_chance(samples, tuple(SCALE.values())))
    told = [
        (chance(joined, found[0][1]), found[0][0] in trial.right)
        for trial, found in answers
        if found
    ]
    return replace(joined, answer_from=max(LEAST_CHANCE, threshold(told, PRECISION)))


def threshold(told: Iterable[tuple[float, bool]], precision: float) -> float:
    """Return the lowest chance from which on the wanted share of answers is right."""
    best, right = 1.0, 0
    for count, (sure, good) in enumerate(sorted(told, reverse=True), 1):
        right += good
        if right >= precision * count:
            best = sure
    return round(best, 3)


def write(path: Path, models: Models) -> None:
    """Write the weights as plain tables."""
    tables = {
        name: {
            "score": _table(model.score, FEATURES),
            "scope": {"bias": round(model.scope.bias, 4)} | _table(model.scope, SCOPE),
            "choice": {"bias": round(model.choice.bias, 4)} | _table(model.choice, CHOICE),
            "scale": {"bias": round(model.scale.bias, 4)} | _table(model.scale, SCALE),
            "settings": {
                "caution": model.caution,
                "answer_from": model.answer_from,
                "offer_from": model.offer_from,
            },
        }
        for name, model in (("single", models.single), ("varied", models.varied))
    }
    text = yaml.safe_dump(tables, allow_unicode=True, sort_keys=False)
    head = "# 由 python -m knowledge_base.train 从我们自己的条目学得；不要手改。\n"
    path.write_text(head + text, encoding="utf-8")


def _table(curve: Curve, names: Iterable[str]) -> dict[str, float]:
    return {name: round(weight, 4) for name, weight in zip(names, curve.weights, strict=True)}


def labelled_questions(path: Path) -> list[Trial]:
    """Read our own labelled questions."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Trial(row["text"], frozenset(row["answers"])) for row in rows]


def main() -> None:
    """Learn from the shipped entries and write ``lexicon/weights.yaml``."""
    folder = Path(__file__).parent
    entries = list(load_folder(folder / "faq").entries.values())
    strangers = lexicon.read_words(lexicon.FOLDER / "out_of_scope.txt")
    labelled = labelled_questions(folder.parent / LABELLED)
    near = {text: frozenset(entry.related) for entry in entries for text in entry.texts}
    start = Curve(0.0, tuple(START[name] for name in FEATURES))
    plain = [Question(entry.id, (entry.question,)) for entry in entries]
    away = [Question(STRANGER, (text,)) for text in strangers]
    full = [Question(entry.id, entry.texts, entry.context) for entry in entries]
    tuned = []
    for name, split, base in (
        ("single", single_folds, plain),
        ("varied", varied_folds, full + away),
    ):
        folds = list(split(entries, strangers))
        model = replace(learn(folds, near, start), caution=CAUTION[name])
        model = calibrate(model, base, labelled)
        share = accuracy(folds, model)
        sys.stdout.write(f"{name}: {share:.3f} of the held-out wordings first\n")
        tuned.append(model)
    write(lexicon.FOLDER / "weights.yaml", Models(*tuned))


if __name__ == "__main__":
    main()
