"""`python -m bench.matching`: how well the matcher hits, beside the simple ones, and why.

By default it measures on our own labelled questions and on wordings held out. ``--data`` adds
folders with ``kb.tsv`` and ``queries.tsv``, ``--asked`` files of labelled questions for our base.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import yaml

from bench.ablations import Ablation, ablations
from bench.measures import Asked, Figures, Given, ask, curve, figures, reliability
from bench.questions import noisy, write_base
from bench.rivals import RIVALS, Matcher, Rows
from bench.svg import Axis, chart
from knowledge_base import lexicon
from knowledge_base.loader import load_folder
from knowledge_base.matcher import FaqMatcher
from knowledge_base.model import SURE, models
from knowledge_base.rerank import FEATURES
from knowledge_base.service import FOLDER
from knowledge_base.trials import varied_folds
from knowledge_base.wordings import STRANGER, Question

ROOT = Path(__file__).parents[1]
LABELLED = ROOT / "tests" / "knowledge_base" / "faq_eval.yaml"
DOCUMENT = ROOT / "docs" / "matching.md"
IMAGES = ROOT / "docs" / "images"
START, END = "<!-- 以下由 python -m bench.matching --write 生成 -->", "<!-- 以上为生成 -->"
SIZES = (250, 1_000, 10_000)
FULL = 100_000
SLOW = 10_000
ANDA = "安答"

Set = tuple[str, list[Question], list[Asked]]


def ours(matcher: FaqMatcher) -> Matcher:
    """Return our matcher as the others are called."""
    return lambda text: [(match.id, match.score) for match in matcher.match(text)]


def rows(questions: Iterable[Question]) -> Rows:
    """Return every wording with its id; sentences out of scope are ours alone."""
    return [(q.id, text) for q in questions if q.id != STRANGER for text in q.texts]


def own_sets(asked: Sequence[Path]) -> Iterator[Set]:
    """Yield our own base with the labelled questions, and with wordings held out."""
    base = load_folder(FOLDER)
    whole = list(base.questions())
    labelled = yaml.safe_load(LABELLED.read_text(encoding="utf-8"))
    yield "自写标注问句", whole, [Asked(r["text"], frozenset(r["answers"])) for r in labelled]
    strangers = lexicon.read_words(lexicon.FOLDER / "out_of_scope.txt")
    fold = next(varied_folds(list(base.entries.values()), strangers))
    yield "留出的问法", fold.base, [Asked(trial.text, trial.right) for trial in fold.trials]
    for path in asked:
        lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        yield (
            f"另一份标注 {path.parent.name}/{path.name}",
            whole,
            [Asked(r["text"], frozenset(r["answers"])) for r in lines],
        )


def folder_set(folder: Path) -> Set:
    """Read a folder of ``kb.tsv`` and ``queries.tsv``; only paraphrases and strangers are asked."""
    known = [line.split("\t") for line in _lines(folder / "kb.tsv")]
    asked = [line.split("\t") for line in _lines(folder / "queries.tsv")]
    return (
        folder.name,
        [Question(name, (text,)) for name, text, *_ in known],
        [
            Asked(text, frozenset() if right == "-" else frozenset({right}))
            for _, text, right, kind in asked
            if kind == "para" or kind in {"oos_chat", "oos_far"}
        ],
    )


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def compare(questions: list[Question], asked: Sequence[Asked]) -> dict[str, list[Given]]:
    """Ask everybody the same."""
    told = {ANDA: ask(ours(FaqMatcher.build(questions)), asked)}
    known = rows(questions)
    for name, build in RIVALS.items():
        # ChatterBot's way takes a second a question on large bases.
        if name.startswith("ChatterBot") and len(known) > SLOW // 2:
            continue
        told[name] = ask(build(known), asked)
    for name, (given, ms) in told.items():
        _note(name, figures(given, ms))
    return {name: given for name, (given, _) in told.items()}


TABLE: list[str] = []


def _note(name: str, found: Figures) -> None:
    line = (
        f"| {name} | {_cent(found.first)} | {_cent(found.three)} | {_cent(found.covered)} "
        f"| {_cent(found.apart)} | {found.ms:.2f} |"
    )
    TABLE.append(line)
    print(line, flush=True)


def _cent(share: float) -> str:
    return "—" if math.isnan(share) else f"{100 * share:.1f}"


def _say(*lines: str) -> None:
    TABLE.extend(lines)
    print(*lines, sep="\n", flush=True)


def _head(title: str) -> None:
    _say(
        "",
        f"### {title}",
        "",
        "| 匹配器 | 第一条对 | 前三条有 | 精度 95 % 时答对 | 可答与不可答分开 | 毫秒 |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    )


def ablate(labelled: Set, held: Set) -> None:
    """Show what each part gives; nothing is learnt anew, so what is left may not fit together."""
    _say(
        "",
        "### 拿掉一样，少多少",
        "",
        "| 拿掉什么 | 标注：第一条对 | 留出：第一条对 | 留出：精度 95 % 时答对 | 留出：分开 |",
        "| --- | ---: | ---: | ---: | ---: |",
    )
    for ablation in ablations():
        if _idle(ablation):
            continue
        with ablation.around():
            first = figures(*ask(ours(ablation.build(labelled[1])), labelled[2]))
            second = figures(*ask(ours(ablation.build(held[1])), held[2]))
        _say(
            f"| {ablation.name} | {_cent(first.first)} | {_cent(second.first)} "
            f"| {_cent(second.covered)} | {_cent(second.apart)} |"
        )


def _idle(ablation: Ablation) -> bool:
    """Tell whether the learnt weight is next to nothing anyway."""
    word, _, name = ablation.name.rpartition(" ")
    weights = {
        "名次不看": dict(zip(FEATURES, models().varied.score.weights, strict=True)),
        "把握不看": dict(zip(SURE, models().varied.sure.weights, strict=True)),
    }
    return abs(weights.get(word, {}).get(name, 1.0)) < 0.05


def speed(sizes: Sequence[int], folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Return the processor time of one question over the size of the base."""
    _say(
        "",
        "### 时间与大小",
        "",
        "| 问题数 | 建索引 s | 安答 ms | rapidfuzz ratio ms | BM25 + jieba ms |",
        "| ---: | ---: | ---: | ---: | ---: |",
    )
    names = (ANDA, "rapidfuzz ratio", "BM25 + jieba")
    lines: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for size in sizes:
        texts = write_base(folder / f"matching{size}.jsonl", size)
        base = [Question(str(number), (text,)) for number, text in enumerate(texts)]
        started = time.process_time()
        matcher = FaqMatcher.build(base)
        built = time.process_time() - started
        asked = [Asked(query.text, frozenset()) for query in noisy(texts, 200, seed=1)]
        everybody = {ANDA: ours(matcher)} | {name: RIVALS[name](rows(base)) for name in names[1:]}
        for name, known in everybody.items():
            ask(known, asked[:50])
            lines[name].append((float(size), min(ask(known, asked)[1] for _ in range(2))))
        told = " | ".join(f"{points[-1][1]:.2f}" for points in lines.values())
        _say(f"| {len(texts):,} | {built:.1f} | {told} |")
    return lines


def draw(
    told: dict[str, list[Given]], lines: dict[str, list[tuple[float, float]]]
) -> dict[str, str]:
    """Return the three pictures by file name."""
    tenths = [at / 10 for at in range(11)]
    share = Axis("答对的份额", 0, 1, tenths[::2])
    sure = Axis("说出的把握", 0, 1, tenths[::2])
    size = Axis("问题数", SIZES[0], max(x for x, _ in lines[ANDA]), SIZES, logarithmic=True)
    ms = Axis("毫秒", 0.1, 200, (0.1, 1, 10, 100), logarithmic=True)
    curves = {name: curve(given) for name, given in told.items()}
    said = [(mean, right) for mean, right, _ in reliability(told[ANDA])]
    return {
        "matching-coverage.svg": chart(
            "准确与覆盖", share, Axis("答出的里面对的份额", 0.5, 1, tenths[5:]), curves
        ),
        "matching-reliability.svg": chart(
            "把握说得准不准",
            sure,
            Axis("其中真对的份额", 0, 1, tenths[::2]),
            {ANDA: said, "正好": [(0, 0), (1, 1)]},
        ),
        "matching-time.svg": chart("时间与大小", size, ms, lines),
    }


def main() -> None:
    """Measure, print, and with ``--write`` put figures and pictures into the docs."""
    options = _options()
    sets = list(own_sets(options.asked)) + [folder_set(folder) for folder in options.data]
    told: dict[str, list[Given]] = {}
    for title, questions, asked in sets:
        _head(title)
        found = compare(questions, asked)
        told = told or found
    ablate(sets[0], sets[1])
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    lines = speed((*SIZES, FULL) if options.full else SIZES, folder)
    pictures = draw(told, lines)
    place = IMAGES if options.write else folder
    for name, picture in pictures.items():
        (place / name).write_text(picture, encoding="utf-8")
    if options.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        before, _, rest = text.partition(START)
        after = rest.partition(END)[2]
        shown = "\n".join(TABLE)
        DOCUMENT.write_text(f"{before}{START}\n{shown}\n\n{END}{after}", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.matching", description="量匹配的准确与速度")
    parser.add_argument(
        "--data", type=Path, nargs="*", default=[], help="kb.tsv 与 queries.tsv 的目录"
    )
    parser.add_argument(
        "--asked", type=Path, nargs="*", default=[], help="问我们自己知识库的标注（JSONL）"
    )
    parser.add_argument("--full", action="store_true", help=f"时间量到 {FULL:,} 条")
    parser.add_argument("--write", action="store_true", help="写进 docs/matching.md 和图")
    return parser.parse_args()


if __name__ == "__main__":
    main()
