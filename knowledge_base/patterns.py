"""Find or replace many fixed strings in one pass, the longest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Patterns(Generic[Value]):
    """A set of fixed strings, each with a value."""

    def __init__(self, table: Mapping[str, Value]) -> None:
        self._by_first: dict[str, list[tuple[str, Value]]] = {}
        for pattern in sorted(table, key=len, reverse=True):
            self._by_first.setdefault(pattern[0], []).append((pattern, table[pattern]))

    def find(self, text: str) -> Iterator[tuple[int, str, Value]]:
        """Yield start, pattern and value of every hit, left to right, without overlaps."""
        if self._by_first.keys().isdisjoint(text):
            return
        at = self._by_first.get
        end = 0
        for start, char in enumerate(text):
            patterns = at(char)
            if patterns is None or start < end:
                continue
            for pattern, value in patterns:
                if text.startswith(pattern, start):
                    end = start + len(pattern)
                    yield start, pattern, value
                    break


class Replacer:
    """Replace fixed strings; a pattern that ends in ``…`` must be followed by something."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._patterns = Patterns(
            {key.rstrip("…"): (key.endswith("…"), value) for key, value in pairs.items()}
        )

    def apply(self, text: str) -> str:
        """Return the text with every pattern replaced."""
        pieces: list[str] = []
        done = 0
        for start, pattern, (inside, value) in self._patterns.find(text):
            end = start + len(pattern)
            if inside and not text[end : end + 1].strip():
                continue
            pieces += (text[done:start], value)
            done = end
        if not pieces:
            return text
        return "".join((*pieces, text[done:]))
