"""What we know of one text before it meets another: words, sound, question type, guards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from knowledge_base import lexicon
from knowledge_base.contrast import Mask, guard
from knowledge_base.normalise import normalise
from knowledge_base.patterns import Patterns
from knowledge_base.sound import sounds
from knowledge_base.tokens import content_words

NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Kinds that ask for one fact; an entry that never speaks of it does not answer.
DECISIVE = ("why", "where", "long", "when", "amount", "who", "compare")
# The price stands apart: product entries tell what is covered, hardly ever what it costs.
PRICE_MASK = 1 << DECISIVE.index("amount")
DECISIVE_MASK = (1 << len(DECISIVE)) - 1 - PRICE_MASK
NO_NUMBERS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Analysis:
    """One text, taken apart."""

    text: str
    sound: str
    words: tuple[str, ...]
    kinds: int
    negated: bool
    numbers: frozenset[str]
    mentions: Mask


@cache
def question_types() -> Patterns[int]:
    """Return the phrases that show what kind of question it is, one bit a kind."""
    pairs = lexicon.read_pairs(lexicon.FOLDER / "question_types.txt")
    # The decisive kinds take the lowest bits, so that one mask tells them apart.
    kinds = dict.fromkeys((*DECISIVE, *pairs.values()))
    bits = {kind: 1 << at for at, kind in enumerate(kinds)}
    return Patterns({phrase: bits[kind] for phrase, kind in pairs.items()})


@cache
def negations() -> Patterns[int]:
    """Return the words that turn a sentence round, with how many times they do."""
    path = lexicon.FOLDER / "negation.txt"
    return Patterns({word: int(count) for word, count in lexicon.read_pairs(path).items()})


def question_kinds(text: str) -> int:
    """Return the bits of the kinds of question found."""
    kinds = 0
    for _, _, bit in question_types().find(text):
        kinds |= bit
    return kinds


def is_negated(text: str) -> bool:
    """Tell whether the negations do not cancel out."""
    return sum(count for _, _, count in negations().find(text)) % 2 == 1


def analyse(text: str) -> Analysis:
    """Normalise a text and take it apart."""
    return analyse_normalised(normalise(text))


def analyse_normalised(text: str) -> Analysis:
    """Take apart a text that is already in our spelling."""
    numbers = frozenset(NUMBER.findall(text)) if not text.isalpha() else NO_NUMBERS
    return Analysis(
        text=text,
        sound=sounds().of(text),
        words=tuple(sorted(set(content_words(text)))),
        kinds=question_kinds(text),
        negated=is_negated(text),
        numbers=numbers or NO_NUMBERS,
        mentions=guard().mentions(text),
    )
