"""Write text as it sounds: one private character per toneless, forgiving syllable.

Two characters that sound alike (also zh=z, ch=c, sh=s, ng=n) become the same character, so the
ordinary string measures compare sounds. Typed pinyin (``baoan``) becomes the same characters.
"""

from __future__ import annotations

import re
from functools import cache

from knowledge_base import lexicon

PRIVATE_USE = 0xE000
LATIN_RUN = re.compile(r"[a-z]{4,}")
LONGEST_SYLLABLE = 6
LEAST_SYLLABLES = 2


def forgiving(syllable: str) -> str:
    """Drop the distinctions that southern and hasty typists do not make."""
    if syllable[:2] in {"zh", "ch", "sh"}:
        syllable = syllable[0] + syllable[2:]
    return syllable[:-1] if syllable.endswith("ng") else syllable


class Sounds:
    """The sound of every common character and of every pinyin syllable."""

    def __init__(self, rows: list[list[str]]) -> None:
        marks: dict[str, str] = {}
        self._by_syllable: dict[str, str] = {}
        self._by_char: dict[int, str] = {}
        self._alike: dict[str, str] = {}
        for syllable, characters in rows:
            key = forgiving(syllable)
            mark = marks.setdefault(key, chr(PRIVATE_USE + len(marks)))
            self._by_syllable[syllable] = mark
            # The rows list the commonest characters first; the rare ones nobody types by mistake.
            self._alike[mark] = self._alike.get(mark, "") + characters[:12]
            self._by_char.update(dict.fromkeys(map(ord, characters), mark))

    def of(self, text: str) -> str:
        """Return the sound form; what has no sound stays as it is."""
        sounding = text.translate(self._by_char)
        return (
            LATIN_RUN.sub(self._spoken, sounding)
            if text.isascii() or _has_latin(text)
            else sounding
        )

    def alike(self, char: str) -> str:
        """Return common characters that sound like this one, without itself."""
        return self._alike.get(self.of(char), "").replace(char, "")

    def syllables(self, run: str) -> str | None:
        """Return a run of latin letters as sounds, or None when it is not pinyin."""
        best: list[str | None] = [""] + [None] * len(run)
        for end in range(1, len(run) + 1):
            for start in range(max(0, end - LONGEST_SYLLABLE), end):
                before = best[start]
                mark = self._by_syllable.get(run[start:end])
                # The longest last syllable wins, as in typing: xian is one syllable here.
                if before is not None and mark and len(run[start:end]) > 1:
                    best[end] = before + mark
                    break
        sounds = best[-1]
        return sounds if sounds and len(sounds) >= LEAST_SYLLABLES else None

    def _spoken(self, run: re.Match[str]) -> str:
        return self.syllables(run.group()) or run.group()


def _has_latin(text: str) -> bool:
    return LATIN_RUN.search(text) is not None


@cache
def sounds() -> Sounds:
    """Return the shared table, read from ``lexicon/sounds.txt``."""
    path = lexicon.FOLDER / "sounds.txt"
    rows = []
    for number, line in lexicon.lines(path):
        parts = line.split()
        if len(parts) != 2:
            raise lexicon.LexiconError(path, number, f"“{line}”不是“音节 字”", "请写成 an 安按案。")
        rows.append(parts)
    return Sounds(rows)
