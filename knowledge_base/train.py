"""Learn the weights from our own entries: ``python -m knowledge_base.train``.

Every wording is asked of a base that does not hold it. Questions to refuse are the wordings of
entries left out altogether, and ``lexicon/out_of_scope.txt``. No other text is used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from bot.yaml_text import safe_load
from knowledge_base import lexicon
from knowledge_base.calibration import Told, gated, reference, trials, usually, with_precision
from knowledge_base.confidence import Candidate, chance, inputs, rough
from knowledge_base.fit import Ranking, Sample, fit_chance, fit_ranking
from knowledge_base.loader import load_folder
from knowledge_base.matcher import FaqMatcher, Question
from knowledge_base.model import SCALE, SCOPE, SURE, Curve, Model, Models
from knowledge_base.rerank import FEATURES
from knowledge_base.trials import Fold, Trial, single_folds, varied_folds
from knowledge_base.wordings import STRANGER

LABELLED = "tests/knowledge_base/faq_eval.yaml"
PRECISION = 0.95
# Our own texts hold fewer questions out of scope than customers ask.
STRANGERS_COUNT = 2
# Hand-made starts, and how hard learning is pulled back to them. Bases of single questions come
# from anywhere, so there our own texts may teach little.
STARTS = {
    "single": {
        "text": 3.0, "sound": 3.0, "words": 1.0, "cosine": 6.0, "asked": 3.0, "offered": 1.5,
        "asked_gap": -1.8, "offered_gap": -0.9, "context": 2.0, "kind_absent": -0.3,
        "price_absent": -0.8, "negation": -0.4, "number": -0.6, "conflict": -1.0, "missing": -0.7,
    },
    "varied": {
        "text": 2.0, "sound": 2.5, "words": 0.5, "cosine": 15.0, "asked": 1.0, "offered": 1.0,
        "asked_gap": -2.5, "offered_gap": -0.7, "context": 2.0, "kind_absent": -0.3,
        "price_absent": -0.8, "negation": -0.4, "number": -0.6, "conflict": -1.0, "missing": -0.7,
    },
}  # fmt: skip
PULLS = {"single": 0.1, "varied": 1e-4}


Found = list[tuple[str, Candidate]]


def learn(folds: Sequence[Fold], known: dict[str, frozenset[str]], kind: str) -> Model:
    """Fit the score, then the chance that its first answer is right."""
    start = Curve(0.0, tuple(STARTS[kind][name] for name in FEATURES))
    signs = tuple(FEATURES.values())
    model = Model(start, Curve(0.0, (0.0,) * len(SCOPE)), Curve(0.0, (0.0,) * len(SURE)))
    for _ in range(2):
        asked = [_ranking(trial, found) for trial, found in _ask(folds, model)]
        rankings = [ranking for ranking in asked if ranking]
        model = replace(model, score=fit_ranking(rankings, start, signs, PULLS[kind]))
    scope: list[Sample] = []
    sure: list[Sample] = []
    for trial, found in _ask(folds, model):
        # A neighbour of an entry left out may well hold its answer: no verdict.
        if not found or (not trial.right and found[0][0] in known.get(trial.text, ())):
            continue
        name, first = found[0]
        times = 1 if trial.right else STRANGERS_COUNT
        scope += [(inputs(SCOPE, first.features, first.signals), bool(trial.right))] * times
        sure += [(inputs(SURE, first.features, first.signals), name in trial.right)] * times
    return replace(
        model,
        scope=fit_chance(scope, tuple(SCOPE.values())),
        sure=fit_chance(sure, tuple(SURE.values())),
    )


def _ask(folds: Sequence[Fold], model: Model) -> Iterator[tuple[Trial, Found]]:
    for fold in folds:
        matcher = FaqMatcher.build(fold.base, Models(model, model))
        for trial in fold.trials:
            found = matcher.candidates(trial.text)
            yield trial, [(matcher.entries[candidate.entry].id, candidate) for candidate in found]


def _told(folds: Sequence[Fold], model: Model) -> list[Told]:
    """Return what came first for every trial, and whether it was right."""
    return [
        (found[0][1], found[0][0] in trial.right) for trial, found in _ask(folds, model) if found
    ]


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


def scaled(model: Model, base: Sequence[Question], labelled: Sequence[Trial]) -> Model:
    """Bring chances to what labelled questions show, and note how sure we are of them."""
    told = _told([Fold(list(base), list(labelled))], model)
    samples = [
        ((rough(model, first.features, first.signals),), right)
        for first, right in told
        if not first.signals["foreign"]
    ]
    joined = replace(model, scale=fit_chance(samples, tuple(SCALE.values())))
    open_handed = replace(joined, answer_from=0.0)
    sure = [chance(open_handed, first.features, first.signals) for first, _ in told]
    return with_precision(replace(joined, usual=usually(sure)), PRECISION)


def write(path: Path, models: Models) -> None:
    """Write the weights as plain tables."""
    tables: dict[str, Any] = models.to_json()
    for parts in tables.values():
        parts["usual"] = list(parts["usual"])
        for name in parts.keys() - {"usual"}:
            parts[name] = {key: round(value, 4) for key, value in parts[name].items()}
    text = yaml.safe_dump(tables, allow_unicode=True, sort_keys=False)
    head = "# 由 python -m knowledge_base.train 从我们自己的条目学得；不要手改。\n"
    path.write_text(head + text, encoding="utf-8")


def labelled_questions(path: Path) -> list[Trial]:
    """Read our own labelled questions."""
    rows = safe_load(path.read_text(encoding="utf-8"))
    return [Trial(row["text"], frozenset(row["answers"])) for row in rows]


def main() -> None:
    """Learn from the shipped entries and write ``lexicon/weights.yaml``."""
    folder = Path(__file__).parent
    entries = list(load_folder(folder / "faq").entries.values())
    strangers = lexicon.read_words(lexicon.FOLDER / "out_of_scope.txt")
    labelled = labelled_questions(folder.parent / LABELLED)
    near = {text: frozenset(entry.related) for entry in entries for text in entry.texts}
    plain = [Question(entry.id, (entry.question,)) for entry in entries]
    away = [Question(STRANGER, (text,)) for text in strangers]
    full = [Question(entry.id, entry.texts, entry.context) for entry in entries]
    tuned = []
    for name, split, base in (
        ("single", single_folds, plain),
        ("varied", varied_folds, full + away),
    ):
        folds = list(split(entries, strangers))
        model = learn(folds, near, name)
        told = trials(full + away, Models(model, model))
        if name == "single":
            told = _told(folds, model)
        model = gated(scaled(replace(model, held=reference(told, model)), base, labelled), told)
        share = accuracy(folds, model)
        sys.stdout.write(f"{name}: {share:.3f} of the held-out wordings first\n")
        tuned.append(model)
    write(lexicon.FOLDER / "weights.yaml", Models(*tuned))


if __name__ == "__main__":
    main()
