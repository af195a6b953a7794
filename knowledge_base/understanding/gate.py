"""Rule out most expressions without trying them: which words must stand in any match.

An expression such as ``没(?:人)?受伤|见血`` can only match where one of 受伤 and 见血 stands. With
hundreds of expressions a message is first looked through once for all such words, and only
the few expressions that can match at all are tried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any, TypeAlias

Words: TypeAlias = frozenset[str]

# The standard library's own parser. Whatever it yields that we do not know makes an expression
# one that is always tried: a change in there can cost time, never a match.
_parse = import_module("re._parser").parse

_SINGLE = 12  # a single character rules out about so much less than a pair
_MOST = 64  # more words than this are no help
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_NOTHING: Words = frozenset({""})
_ANYTHING = "\0"
_PAUSE = ","  # may be put in by whoever blanks a part of the text


def needed(source: str) -> tuple[Words, ...]:
    """Return groups of words (one or two characters): a match holds one of every group."""
    groups = [frozenset(word[:2] for word in words) for words in _offers(_parse(source))]
    return tuple(sorted(groups, key=_cost))


def alternatives(source: str) -> list[str]:
    """Return the alternatives of an expression: those divided by ``|`` outside all brackets."""
    found, start, depth, in_set, escaped = list[str](), 0, 0, False, False
    for at, char in enumerate(source):
        if escaped or char == "\\":
            escaped = not escaped
        elif in_set:
            in_set = char != "]"
        elif char == "[":
            in_set = True
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth:
            found.append(source[start:at])
            start = at + 1
    return [*found, source[start:]]


def pieces(text: str) -> set[str]:
    """Return the characters and neighbouring pairs of ``text``."""
    return {*text, *map("".join, pairwise(text))}


class Gate:
    """Expressions by the words they need."""

    def __init__(self, expressions: Iterable[str]) -> None:
        self._always: list[int] = []
        self._others: list[tuple[Words, ...]] = []
        waiting: dict[str, list[int]] = defaultdict(list)
        for number, source in enumerate(expressions):
            best, *others = needed(source) or (None,)
            self._others.append(tuple(words for words in others if words))
            if best is None:
                self._always.append(number)
            for word in best or ():
                waiting[word].append(number)
        self._waiting = {word: tuple(numbers) for word, numbers in waiting.items()}

    def open_for(self, there: set[str]) -> list[int]:
        """Return the expressions that may match a text of these :func:`pieces`, in rising order."""
        waiting, others = self._waiting, self._others
        found = set(self._always)
        for word in waiting.keys() & there:
            found.update(waiting[word])
        return sorted([number for number in found if _all_there(others[number], there)])


def _all_there(groups: tuple[Words, ...], there: set[str]) -> bool:
    for words in groups:  # noqa: SIM110 - a generator would cost more than what it looks at
        if words.isdisjoint(there):
            return False
    return True


def _of_sequence(sequence: Iterable[tuple[Any, Any]]) -> Words | None:
    """Return the most telling words among the parts that all must match."""
    return min(_offers(sequence), key=_cost, default=None)


def _offers(sequence: Iterable[tuple[Any, Any]]) -> list[Words]:
    """Return for every part that must match the words of which it holds one."""
    offers: list[Words] = []
    run = _NOTHING
    for operation, value in sequence:
        characters = _characters(str(operation), value)
        if characters and len(run) * len(characters) <= _MOST:
            run = frozenset(before + char for before in run for char in characters)
            continue
        offers.append(run)
        run = characters or _NOTHING
        if characters is None and (inner := _of_part(str(operation), value)):
            offers.append(inner)
    return [words for words in (*offers, run) if words != _NOTHING]


def _characters(operation: str, value: Any) -> Words | None:
    """Return the characters of which exactly one must stand here; None where that is not so."""
    if operation == "LITERAL":
        found = {chr(value)}
    elif operation == "IN":
        found = {chr(code) for kind, codes in value for code in _codes(str(kind), codes)}
    else:
        return None
    return frozenset(found) if found and not found & {_PAUSE, _ANYTHING} else None


def _codes(kind: str, value: Any) -> Iterable[int]:
    """Return the characters of one part of a set; a class or a negation is anything."""
    if kind == "LITERAL":
        return (value,)
    if kind == "RANGE" and value[1] - value[0] < _MOST:
        return range(value[0], value[1] + 1)
    return (ord(_ANYTHING),)


def _of_part(operation: str, value: Any) -> Words | None:
    if operation == "BRANCH":
        return _of_branches([_of_sequence(branch) for branch in value[1]])
    if operation == "SUBPATTERN":
        return _of_sequence(value[-1])
    if operation in _REPEATS and value[0] > 0:
        return _of_sequence(value[2])
    return None


def _of_branches(branches: Sequence[Words | None]) -> Words | None:
    known = [words for words in branches if words]
    union = frozenset[str]().union(*known)
    return union if len(known) == len(branches) and len(union) <= _MOST * 2 else None


def _cost(words: Words) -> int:
    return sum(1 if len(word) > 1 else _SINGLE for word in words)
