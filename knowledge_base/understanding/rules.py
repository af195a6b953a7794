"""The vocabulary of the rules: word groups, the signs of a sentence, negation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.understanding.wording import Wording
from knowledge_base.understanding.yaml_data import Document

GROUP = re.compile(r"(?<!\?)(?<!\?P)<([一-鿿]+)>")
NEGATED = "negated"
# A group repeated without end can take for ever on a hostile text; nobody says six 你好.
BOUNDED = {")*": "){0,5}", ")+": "){1,5}"}
# 不是要投诉, 不用给我转人工, 谁说我要退保了: the wish behind it is denied.
DENIAL = re.compile(
    "(?:不是|不用|不要|不想|不需要|不必|不打算|不会|没想|没打算|没说|没要|没让|没有要|别|甭|无需|用不着|先不"
    "|暂不|并不|并非|又不|可不|谁说|哪说|犯不上|犯不着|没必要)[^,。!?人]{0,5}$"
    "|没(?:给|帮|我|再|要|说|来|去|想|打算){0,3}$"
)


@dataclass(frozen=True)
class Rules:
    """Compiles the expressions in the data files and judges the shape of a sentence."""

    wording: Wording
    words: dict[str, str]
    signs: dict[str, re.Pattern[str] | None]

    @classmethod
    def load(cls, folder: Path, wording: Wording) -> Rules:
        """Read ``words.yaml`` and ``signs.yaml``."""
        groups = Document(folder / "words.yaml")
        words = {name: groups.text(node) for name, node in groups.pairs(groups.root)}
        rules = cls(wording, words, {NEGATED: None})
        document = Document(folder / "signs.yaml")
        for name, node in document.pairs(document.root):
            rules.signs[name] = document.pattern(node, rules.expression)
        return rules

    def expression(self, source: str) -> str:
        """Return the regular expression for a rule as the clerk wrote it."""
        while GROUP.search(source):
            source = GROUP.sub(lambda match: self.words[match[1]], source)
        for endless, bounded in BOUNDED.items():
            source = source.replace(endless, bounded)
        return self.wording.rewrite(source)

    def signs_of(self, text: str) -> frozenset[str]:
        """Return the names of the signs that ``text`` shows."""
        return frozenset(
            name for name, sign in self.signs.items() if sign is not None and sign.search(text)
        )


# What a customer may say he does not want, before saying what he does.
DENIED_WISH = re.compile(
    "^(?:我|但|可|这|又)?(?:不是|不用|不要|不想|不需要|没想|没要|没说|别|先不|暂不|并非|又不是|不)(?:来|要|想|是|给|我|帮|找|你|去|说){0,3}"
    "(?:报案|投诉|退保|续保|转?人工|转接|投保|退订|买保险|查保单|理赔|转|要钱)(?:的|了|啊|呀|服务|客服|坐席)?$"
)


def without_denials(text: str) -> str:
    """Drop clauses that only say what is not wanted, unless nothing else is said."""
    clauses = [c for c in re.split("[,。!?]", text) if c]
    kept = [c for c in clauses if not DENIED_WISH.match(c)]
    rest = ",".join(kept)
    # 就问问 after the denial is no wish either.
    return rest if len(kept) < len(clauses) and len(rest) > 3 else text


def is_denied(text: str, start: int) -> bool:
    """Tell whether what begins at ``start`` stands behind a denial."""
    return DENIAL.search(text[max(0, start - 10) : start]) is not None
