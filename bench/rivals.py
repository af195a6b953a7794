"""The simple matchers to compare with, each in a few lines; none knows when to be silent."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

from rapidfuzz import fuzz, process

from knowledge_base.segment import segmenter

# A matcher answers a question with (id, score), best first.
Answers = list[tuple[str, float]]
Matcher = Callable[[str], Answers]
Rows = Sequence[tuple[str, str]]
LIMIT = 12


def _best(rows: Rows, scored: Iterable[tuple[int, float]]) -> Answers:
    best: dict[str, float] = {}
    for place, score in scored:
        name = rows[place][0]
        best[name] = max(best.get(name, 0.0), score)
    return sorted(best.items(), key=lambda item: -item[1])[:LIMIT]


def rapidfuzz_ratio(rows: Rows) -> Matcher:
    """Return the plain edit ratio over all texts."""
    texts = [text for _, text in rows]
    return lambda text: _best(
        rows,
        ((at, s / 100) for _, s, at in process.extract(text, texts, scorer=fuzz.ratio, limit=40)),
    )


def rapidfuzz_wratio(rows: Rows) -> Matcher:
    """Return rapidfuzz's own mixture of ratios over all texts."""
    texts = [text for _, text in rows]
    return lambda text: _best(
        rows,
        ((at, s / 100) for _, s, at in process.extract(text, texts, scorer=fuzz.WRatio, limit=40)),
    )


def chatterbot(rows: Rows) -> Matcher:
    """Return what ChatterBot's BestMatch does: difflib's ratio over every statement."""

    def match(text: str) -> Answers:
        return _best(
            rows,
            (
                (at, round(SequenceMatcher(None, text, known).ratio(), 2))
                for at, (_, known) in enumerate(rows)
            ),
        )

    return match


def _words(text: str) -> list[str]:
    return segmenter().cut(text.lower())


def bm25(rows: Rows) -> Matcher:
    """Return BM25 over jieba's words, our terms among them (k1 1.5, b 0.75)."""
    cut = [_words(text) for _, text in rows]
    mean = sum(map(len, cut)) / max(1, len(cut))
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for at, words in enumerate(cut):
        for word, count in Counter(words).items():
            size = 1 - 0.75 + 0.75 * len(words) / mean
            postings[word].append((at, count * 2.5 / (count + 1.5 * size)))

    def match(text: str) -> Answers:
        scores: dict[int, float] = defaultdict(float)
        for word in set(_words(text)):
            held = postings.get(word, ())
            rare = math.log(1 + (len(rows) - len(held) + 0.5) / (len(held) + 0.5))
            for at, value in held:
                scores[at] += rare * value
        return _best(rows, scores.items())

    return match


def _grams(text: str) -> Counter[str]:
    text = text.lower()
    return Counter([*text, *(text[at : at + 2] for at in range(len(text) - 1))])


def tfidf(rows: Rows) -> Matcher:
    """Return the cosine of TF-IDF over characters and pairs of characters."""
    counts = [_grams(text) for _, text in rows]
    spread = Counter(gram for count in counts for gram in count)
    rare = {gram: math.log((1 + len(rows)) / (1 + n)) + 1 for gram, n in spread.items()}
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for at, count in enumerate(counts):
        weights = {gram: (1 + math.log(n)) * rare[gram] for gram, n in count.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        for gram, weight in weights.items():
            postings[gram].append((at, weight / length))

    def match(text: str) -> Answers:
        asked = {gram: (1 + math.log(n)) * rare.get(gram, 1.0) for gram, n in _grams(text).items()}
        length = math.sqrt(sum(weight * weight for weight in asked.values())) or 1.0
        scores: dict[int, float] = defaultdict(float)
        for gram, weight in asked.items():
            for at, value in postings.get(gram, ()):
                scores[at] += weight * value / length
        return _best(rows, scores.items())

    return match


RIVALS: dict[str, Callable[[Rows], Matcher]] = {
    "rapidfuzz ratio": rapidfuzz_ratio,
    "rapidfuzz WRatio": rapidfuzz_wratio,
    "BM25 + jieba": bm25,
    "TF-IDF 字、字对": tfidf,
    "ChatterBot 的算法": chatterbot,
}
