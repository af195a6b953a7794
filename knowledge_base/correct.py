"""Recognise words of the knowledge base that were typed by sound: 理陪, 宝单, baoan."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge_base.segment import segmenter
from knowledge_base.sound import sounds
from knowledge_base.tokens import stopwords

LONGEST = 4


class Corrector:
    """Replaces what is no word here by the word that sounds the same."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """Take the words with their frequencies; of two that sound alike the commoner wins."""
        # 一般 says nothing here, but it is no slip of 一半 either.
        self._known = vocabulary.keys() | stopwords()
        of = sounds().of
        rising = sorted(vocabulary, key=lambda word: vocabulary[word])
        self._by_sound = {
            of(word): word for word in rising if 2 <= len(word) <= LONGEST and not word.isascii()
        }

    def correct(self, text: str) -> str:
        """Return the text with mistyped words restored; mostly the text itself."""
        words = segmenter().cut(text)
        if all(word in self._known for word in words):
            return text
        result: list[str] = []
        start = 0
        while start < len(words):
            used, word = self._restored(words, start)
            if result and word[:1].isascii() and result[-1][-1:].isascii():
                result.append(" ")
            result.append(word)
            start += used
        return "".join(result)

    def _restored(self, words: list[str], start: int) -> tuple[int, str]:
        """Return how many words from start are one word mistyped, and that word."""
        first = words[start]
        if first.isascii():
            return 1, self._spelled(first)
        piece = ""
        for used, word in enumerate(words[start : start + LONGEST], 1):
            if word.isascii() or (len(word) > 1 and word in self._known):
                break
            piece += word
            meant = self._by_sound.get(sounds().of(piece)) if len(piece) > 1 else None
            # A slip of the keyboard leaves part of the word standing; more would be guessing.
            if meant and any(a == b for a, b in zip(piece, meant, strict=True)):
                return used, meant
        return 1, first

    def _spelled(self, run: str) -> str:
        """Restore typed pinyin; a run that is not all words of this base stays as it is."""
        spoken = sounds().syllables(run)
        if not spoken:
            return run
        result, start = [], 0
        while start < len(spoken):
            word = self._word_at(spoken, start)
            if not word:
                return run
            result.append(word)
            start += len(word)
        return "".join(result)

    def _word_at(self, sound: str, start: int) -> str | None:
        for length in range(min(LONGEST, len(sound) - start), 1, -1):
            if word := self._by_sound.get(sound[start : start + length]):
                return word
        return None
