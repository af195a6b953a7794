"""The intents as data: title, examples, and the cues for and against each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.understanding.rules import NEGATED, Rules, is_denied
from knowledge_base.understanding.yaml_data import Document, Node

FEWEST_EXAMPLES = 30
DANGER, HARMLESS = "danger", "harmless"


@dataclass(frozen=True)
class Cue:
    """Words that speak for (weight > 0) or against (weight < 0) an intent."""

    source: str
    pattern: re.Pattern[str]
    weight: float
    needs: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()

    def score(self, text: str, start: int, signs: frozenset[str]) -> float:
        """Return what the cue, found at ``start``, adds for ``text``."""
        if not self.needs <= signs or self.unless & signs:
            return 0.0
        if NEGATED in self.unless and is_denied(text, start):
            # 不用转人工 is not merely silent about 转人工, it rules it out.
            return -self.weight
        return self.weight


@dataclass(frozen=True)
class Intent:
    """One intent of `domain.md` section 6."""

    code: str
    title: str
    examples: tuple[str, ...]
    cues: tuple[Cue, ...]


def load_intents(folder: Path, rules: Rules) -> dict[str, Intent]:
    """Read one intent from every file of ``folder``."""
    return {path.stem: _intent(Document(path), rules) for path in sorted(folder.glob("*.yaml"))}


def load_danger_examples(path: Path) -> list[tuple[str, str]]:
    """Read what is danger and what only sounds like it."""
    document = Document(path)
    fields = document.fields(document.root, (DANGER, HARMLESS), 2)
    return [(kind, text) for kind in fields for text in _examples(document, fields[kind])]


def _intent(document: Document, rules: Rules) -> Intent:
    known = ("code", "title", "examples", "cues", "against")
    fields = document.fields(document.root, known, 3)
    code = document.text(fields["code"])
    if code != document.path.stem:
        remedy = f"请写 {document.path.stem}，或把文件改名为 {code}.yaml。"
        raise document.wrong(fields["code"], f"代码“{code}”与文件名不同", remedy)
    examples = _examples(document, fields["examples"])
    for_it = [_cue(document, node, rules, 1) for node in document.items(fields.get("cues"))]
    against = [_cue(document, node, rules, -1) for node in document.items(fields.get("against"))]
    return Intent(code, document.text(fields["title"]), examples, (*for_it, *against))


def _examples(document: Document, node: Node) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for item in document.items(node):
        example = document.text(item)
        if not example or example in seen:
            raise document.wrong(item, f"例句“{example}”是空的或重复", "请删除这一行。")
        seen[example] = None
    if len(seen) < FEWEST_EXAMPLES:
        problem = f"只有 {len(seen)} 个例句"
        raise document.wrong(node, problem, f"请至少写 {FEWEST_EXAMPLES} 个不同说法。")
    return tuple(seen)


def _cue(document: Document, node: Node, rules: Rules, sign: int) -> Cue:
    fields = document.fields(node, ("say", "weight", "needs", "unless"), 2)
    return Cue(
        document.text(fields["say"]),
        document.pattern(fields["say"], rules.expression),
        sign * document.number(fields["weight"]),
        frozenset(document.names(fields.get("needs"), rules.signs, "句子特征")),
        frozenset(document.names(fields.get("unless"), rules.signs, "句子特征")),
    )
