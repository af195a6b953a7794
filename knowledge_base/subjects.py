"""What a question is about: the products and matters it names, and putting one for another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from knowledge_base.contrast import guard
from knowledge_base.entries import Entry
from knowledge_base.normalise import normalise
from knowledge_base.patterns import Patterns

# «商业的» names 商业险, «电子的» names 电子保单.
_ENDINGS = ("险", "保单")
_LONGEST = 8


class Subjects:
    """Names of subjects: sides of the deciding contrast groups, and topics of several entries.

    A topic of a single entry («营业时间») needs no naming: nothing else could be meant.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        firsts = Counter(entry.topics[0] for entry in entries if entry.topics)
        self._topics = Patterns({topic: 0 for topic, count in firsts.items() if count > 1})

    def of(self, text: str) -> tuple[str, ...]:
        """Return the subjects that a text names, in order."""
        plain = normalise(text)
        sides = [
            (start, name)
            for start, name, bits in guard().patterns.find(plain)
            if bits & guard().decisive
        ]
        topics = [(start, name) for start, name, _ in self._topics.find(plain)]
        return tuple(dict.fromkeys(name for _, name in sorted(sides + topics)))

    def about(self, entry: Entry, subject: str) -> bool:
        """Tell whether an entry is about a subject, whatever it calls it."""
        said = " ".join((entry.question, *entry.topics))
        plain = normalise(subject)
        return plain in said or bool(guard().mentions(normalise(said)) & _bits(plain))

    def swap(self, question: str, other: str) -> str:
        """Return ``question`` with ``other`` in the place of what excludes it, else before it."""
        plain, other = normalise(question), normalise(other)
        if not plain or not other or len(other) > _LONGEST:
            return ""
        name = next((other + end for end in ("", *_ENDINGS) if _bits(other + end)), other)
        taken = _bits(name)
        for start, old, bits in guard().patterns.find(plain):
            if _exclude(taken, bits):
                return plain[:start] + name + plain[start + len(old) :]
        return name + plain


def _bits(text: str) -> int:
    return guard().mentions(text)


def _exclude(one: int, other: int) -> bool:
    """Tell whether two mentions take different sides in some group."""
    return any(one & g and other & g and not one & other & g for g in guard().groups)
