"""Bring what a customer typed into one spelling: width, script, slips, dialect, numerals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from knowledge_base import lexicon
from knowledge_base.numerals import write_digits
from knowledge_base.patterns import Replacer

if TYPE_CHECKING:
    from opencc import OpenCC

LIMIT = 300
# Enough raw characters for LIMIT real ones; the rest of a 100 kB paste is never looked at.
RAW_LIMIT = 1200
PARTICLES = "呢啊呀吧哦啦哈嘞呗喔噢哎诶咯"
LOOSE_SPACE = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")
# 赔么、赔不、到了没 ask the same as 赔吗, 到了吗.
ASKING_END = re.compile(r"(?:(?<=[^什怎多这那要])么|(?<=..)不|(?<=[^有])没)$")


class Characters(dict[int, str]):
    """A ``str.translate`` table that works out each character when it is first met."""

    def __init__(self, to_simplified: OpenCC) -> None:
        super().__init__()
        self._to_simplified = to_simplified

    def __missing__(self, code: int) -> str:
        written = self._written(chr(code))
        # Only common planes are kept, or hostile texts could fill the memory.
        if code < 0xFFFF:
            self[code] = written
        return written

    def _written(self, char: str) -> str:
        kind = unicodedata.category(char)
        if kind in {"Cf", "Mn", "Me", "Cs", "Co"}:
            return ""
        if kind[0] in "LN":
            return str(self._to_simplified.convert(char)).lower()
        return char if char in "%" else " "


@cache
def characters() -> Characters:
    """Return the shared character table."""
    from opencc import OpenCC  # noqa: PLC0415 - loaded on first use only

    return Characters(OpenCC("t2s"))


@cache
def spelling() -> Replacer:
    """Return the replacements for slips and dialect words."""
    typos = lexicon.read_pairs(lexicon.FOLDER / "typos.txt")
    return Replacer(lexicon.read_pairs(lexicon.FOLDER / "dialect.txt") | typos)


@dataclass(frozen=True)
class Fillers:
    """What to strip from the start and from the end; ``paused`` words only after a pause.

    ``back`` holds the words by their last character.
    """

    front: re.Pattern[str]
    back: Mapping[str, tuple[str, ...]]
    paused: tuple[str, ...]

    def ending(self, text: str) -> int:
        """Return how many characters at the end of ``text`` say nothing: the longest filler."""
        if text in self.paused:
            return len(text)
        found = [len(w) for w in self.back.get(text[-1:], ()) if text.endswith(w)]
        if text.endswith(self.paused):
            found += [len(w) + 1 for w in self.paused if text.endswith(f" {w}")]
        return max(found, default=0)


@cache
def fillers() -> Fillers:
    """Return the talk around a question."""
    words = sorted(lexicon.read_words(lexicon.FOLDER / "fillers.txt"), key=len, reverse=True)
    # A word marked with | is dropped only when a pause parts it from the question.
    front = "|".join(f"{re.escape(w[:-1])}(?: |$)" if w[-1] == "|" else re.escape(w) for w in words)
    back: dict[str, tuple[str, ...]] = {}
    for word in (*(word for word in words if word[-1] != "|"), *PARTICLES, " "):
        back[word[-1]] = (*back.get(word[-1], ()), word)
    return Fillers(
        re.compile(f"^(?:(?:{front}|[ {PARTICLES}]))++"),
        back,
        tuple(word[:-1] for word in words if word[-1] == "|"),
    )


def normalise(text: str) -> str:
    """Return at most LIMIT characters in our spelling; greetings go unless they are all."""
    raw = text.strip()[:RAW_LIMIT]
    if not unicodedata.is_normalized("NFKC", raw):
        raw = unicodedata.normalize("NFKC", raw)[:RAW_LIMIT]
    plain = " ".join(raw.translate(characters()).split())
    if not plain:
        return ""
    plain = spelling().apply(plain)
    plain = _core(plain) or plain
    plain = LOOSE_SPACE.sub("", plain)[:LIMIT]
    return write_digits(ASKING_END.sub("吗", plain))


def _core(text: str) -> str:
    """Strip greetings, thanks and fillers from both ends."""
    text = fillers().front.sub("", text)
    while text and (end := fillers().ending(text)):
        text = text[:-end]
    return text
