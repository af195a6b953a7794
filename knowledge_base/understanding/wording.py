"""Bring one message into the spelling that the rules and examples are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.fold import fold
from knowledge_base import lexicon
from knowledge_base.patterns import Replacer

LIMIT = 300
# Danger may be told late in a long message; still bounded, so that a flood stays cheap.
DANGER_LIMIT = 450

PAUSE = re.compile(r"[\s,、;:·|/\\()\[\]{}<>《》「」【】“”\"'…—_~*#^`+=-]+")
STOP = re.compile(r"[。.]+(?!\d)")
RUN = re.compile(r"([^\d!])\1{3,}")
ASKING_END = re.compile(r"(?:(?<=[^什怎多这那要])么|(?<=..)(?<![要是对])不|嘛)(?=[?,。!]|$)")
# Shared rewrites that mislead here: 撞车先干嘛 is no 车险, 客服姑娘 nobody's daughter.
MISLEADING = ("车先", "姑娘")
LATIN = re.compile(r"[a-z]+(?:[ '][a-z]+)*")
SOUNDS = re.compile(r"[^一-鿿a-z0-9!?。,%]+")


@dataclass(frozen=True)
class Wording:
    """Rewrites texts with the shared and the own word lists."""

    spelling: Replacer
    pinyin: dict[str, str]

    @classmethod
    def load(cls, folder: Path) -> Wording:
        """Read the word lists."""
        shared = lexicon.FOLDER
        pairs = lexicon.read_pairs(shared / "dialect.txt") | lexicon.read_pairs(
            shared / "typos.txt"
        )
        for word in MISLEADING:
            pairs.pop(word, None)
        own = lexicon.read_pairs(folder / "spelling.txt")
        return cls(Replacer(pairs | own), lexicon.read_pairs(folder / "pinyin.txt"))

    def rewrite(self, text: str) -> str:
        """Return ``text`` with slips and dialect replaced; for rules and messages alike."""
        return self.spelling.apply(text)

    def plain(self, text: str, limit: int = LIMIT) -> str:
        """Return the first ``limit`` characters in plain spelling, pauses written as commas."""
        text = fold(text[: limit * 4].strip()[:limit]).lower()
        text = LATIN.sub(self._from_pinyin, text)
        text = STOP.sub("。", PAUSE.sub(",", text))
        text = SOUNDS.sub("", text) or text.strip()
        text = RUN.sub(r"\1\1", self.rewrite(text)).strip(",")
        return ASKING_END.sub("吗", text).rstrip("。,")

    def _from_pinyin(self, match: re.Match[str]) -> str:
        """Read a run of letters as pinyin, but only when all of it is known words."""
        letters, written = match.group().replace(" ", "").replace("'", ""), []
        at = 0
        while at < len(letters):
            for size in range(min(12, len(letters) - at), 1, -1):
                if word := self.pinyin.get(letters[at : at + size]):
                    written.append(word)
                    at += size
                    break
            else:
                return match.group()
        return "".join(written) if len(letters) > 3 else match.group()
