"""A knowledge base of any size and noisy questions about it, all made up here."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

# Three lines: subjects, what is asked about them, places.
_SUBJECTS, _ASPECTS, _PLACES = (
    line.split()
    for line in Path(__file__).with_name("words.txt").read_text(encoding="utf-8").splitlines()
)
_OPENERS = ("请问", "你好，", "想问下", "麻烦问一下", "那个", "咨询下", "")
_CLOSERS = ("呢", "呀", "？", "，谢谢", "啊", "，急", "")
# Slips of the finger on a pinyin keyboard.
_SLIPS = dict(
    zip(
        "险保赔额费期单税查料检定收受益年份怎么能",
        "显宝陪鹅非其但睡察了捡顶手首意念分咋没嫩",
        strict=True,
    )
)


@dataclass(frozen=True)
class Query:
    """A noisy question and the entry it means."""

    text: str
    entry: str


def _all_questions() -> Iterator[str]:
    for subject, aspect in product(_SUBJECTS, _ASPECTS):
        yield f"{subject}{aspect}"
    for place, subject, aspect in product(_PLACES, _SUBJECTS, _ASPECTS):
        yield f"{place}的{subject}{aspect}"


def write_base(file: Path, size: int) -> list[str]:
    """Write ``size`` entries as JSON lines and return their questions; E00007 has index 7."""
    questions = list(_all_questions())
    random.Random(size).shuffle(questions)
    with file.open("w", encoding="utf-8") as lines:
        for number, question in enumerate(questions[:size]):
            row = {
                "id": entry_id(number),
                "question": question,
                "variants": [],
                "answer": f"【{entry_id(number)}】关于“{question}”：以合同条款为准，"
                "请按页面提示准备材料，办理完成后会收到短信通知，有疑问可以随时联系我们。",
            }
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return questions[:size]


def entry_id(number: int) -> str:
    """Return the id of an entry."""
    return f"E{number:06d}"


def noisy(questions: Sequence[str], count: int, seed: int) -> list[Query]:
    """Return ``count`` questions as customers would type them."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        number = chance.randrange(len(questions))
        found.append(Query(_noise(questions[number], chance), entry_id(number)))
    return found


def _noise(question: str, chance: random.Random) -> str:
    letters = list(question)
    if chance.random() < 0.4:
        slips = [at for at, letter in enumerate(letters) if letter in _SLIPS]
        if slips:
            at = chance.choice(slips)
            letters[at] = _SLIPS[letters[at]]
    if chance.random() < 0.3:
        del letters[chance.randrange(len(letters))]
    return chance.choice(_OPENERS) + "".join(letters) + chance.choice(_CLOSERS)
