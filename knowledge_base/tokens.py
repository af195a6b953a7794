"""Turn normalised text into content words and index features."""

from __future__ import annotations

from functools import cache
from sys import intern

from knowledge_base import lexicon
from knowledge_base.segment import segmenter


@cache
def synonyms() -> dict[str, str]:
    """Return every word of ``synonyms.txt`` with the word that stands for its group."""
    groups = lexicon.read_groups(lexicon.FOLDER / "synonyms.txt")
    return {word: group[0] for group in groups for word in group}


@cache
def stopwords() -> frozenset[str]:
    """Return the words that say nothing about the subject."""
    return frozenset(lexicon.read_words(lexicon.FOLDER / "stopwords.txt"))


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, synonyms made one; all words if none does."""
    canonical, idle = synonyms(), stopwords()
    words = segmenter().cut(text)
    # Interned, for a large base holds each word many times.
    kept = [intern(canonical.get(word, word)) for word in words if word not in idle]
    return kept or [intern(canonical.get(word, word)) for word in words]
