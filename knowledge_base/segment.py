"""Cut Chinese text into words with jieba's dictionary and our insurance terms.

The method is jieba's own (the most probable path through the dictionary, no guessing of unknown
words; a test compares the two). It is written out here because jieba needs 1.2 s and a cache file
to start, warns on import, and spends 4 times as long on a short question.
"""

from __future__ import annotations

import importlib.util
import math
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from bot.errors import ConfigurationError
from knowledge_base import lexicon

RUN = re.compile(r"[a-z0-9.%]+|[^a-z0-9.%\s]+")
# Rarer dictionary entries are mostly names; leaving them out halves memory and start-up.
LEAST_FREQUENCY = 5
LONGEST_WORD = 5
# High enough that a term of ours beats its parts, low enough not to eat its neighbours.
TERM_FREQUENCY = 3000
NEVER = -1e9


class Segmenter:
    """Cut text along the most probable path."""

    def __init__(self, frequencies: dict[str, int], terms: Iterable[str] = ()) -> None:
        self.total = sum(frequencies.values())
        self._log: dict[str, float] = {}
        base = math.log(self.total)
        for term in terms:
            frequencies[term] = max(TERM_FREQUENCY, frequencies.get(term, 0))
        for word, frequency in frequencies.items():
            self._log[word] = math.log(frequency) - base
        # Beginnings of words tell the search to go on.
        for word in frequencies:
            for end in range(2, len(word)):
                self._log.setdefault(word[:end], NEVER)
        self._unknown = -base

    def rarity(self, word: str) -> float:
        """Return how surprising a word is in Chinese: 0 for the commonest, 1 for unknown."""
        known = self._log.get(word, NEVER)
        return 1.0 if known <= NEVER else min(1.0, known / self._unknown)

    def cut(self, text: str) -> list[str]:
        """Return the words; latin letters and digits stay together."""
        words: list[str] = []
        for run in RUN.findall(text):
            if run[0].isascii() or len(run) == 1:
                words.append(run)
            else:
                words += self._path(run)
        return words

    def _path(self, run: str) -> list[str]:
        """Walk backwards over the run, keeping the best way from each character to the end."""
        log, size = self._log, len(run)
        score = [0.0] * (size + 1)
        step = [0] * size
        for start in range(size - 1, -1, -1):
            end = start + 1
            best, best_end = log.get(run[start], self._unknown) + score[end], end
            while end < size:
                end += 1
                chance = log.get(run[start:end])
                if chance is None:
                    break
                if chance + score[end] >= best:
                    best, best_end = chance + score[end], end
            score[start], step[start] = best, best_end
        return _pieces(run, step)


def _pieces(run: str, step: list[int]) -> list[str]:
    words, start = [], 0
    while start < len(run):
        words.append(run[start : step[start]])
        start = step[start]
    return words


def general_frequencies() -> dict[str, int]:
    """Read the commoner words of jieba's dictionary without importing jieba."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError("找不到 jieba 的词典。请安装依赖：pip install jieba。")
    frequencies: dict[str, int] = {}
    path = Path(spec.submodule_search_locations[0]) / "dict.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ", 2)
        if (number := int(count)) >= LEAST_FREQUENCY and len(word) <= LONGEST_WORD:
            frequencies[word] = number
    return frequencies


@cache
def segmenter() -> Segmenter:
    """Return the shared segmenter, with terms, synonyms and stopwords kept whole."""
    terms = set(lexicon.read_words(lexicon.FOLDER / "terms.txt"))
    for group in lexicon.read_groups(lexicon.FOLDER / "synonyms.txt"):
        terms.update(group)
    terms.update(lexicon.read_words(lexicon.FOLDER / "stopwords.txt"))
    return Segmenter(general_frequencies(), (term for term in terms if len(term) > 1))
