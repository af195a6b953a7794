"""Finds patterns that a hostile text can keep busy, by counting ways and not seconds.

A backtracking matcher tries every way to read a text. The pattern is laid out as places (one for
each letter it may read) and steps between them, as often as there are ways to take them. Where two
different walks over the same letters lead from a place back to itself, n repetitions are read in
2 to the n ways (`trouble`); how many walks a text leaves to a matcher can be counted (`work`).
Looking round is laid out apart, and repeats of many are endless ones: a pattern may be suspected
wrongly, hardly acquitted so. What a possessive repeat has read is read in one way only.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

_parser: Any = import_module("re._parser")
# Letters that stand for all the others: of each kind some that few patterns name.
_STRANGERS = "\u9fa5\u00e9Q8 \t\n\x01§"
SPOILER = "\x01\x01"
_LOOKS = {"ASSERT", "ASSERT_NOT"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_GROUPS = {"SUBPATTERN": 3, "BRANCH": 1}
_CATEGORIES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
_MANY = 10**9
Step = tuple[int, int]
Steps = dict[int, list[int]]


@dataclass
class Part:
    """A piece of a pattern: in how many ways it reads nothing, and where it begins and ends."""

    nothing: int = 1
    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)


class Layout:
    """The places of a pattern and the steps between them; more than ``few`` times is endless."""

    def __init__(self, tree: Any, flags: int, few: int) -> None:
        self.flags, self.few = flags, few
        self.letters = sorted({*_STRANGERS, *_named(tree)})
        self.places: list[frozenset[str]] = []
        self.keeps: set[int] = set()
        self.ways: Counter[Step] = Counter()
        self.apart: list[Any] = []
        self.whole = self._part(tree)
        self.steps: Steps = {}
        for place, other in self.ways:
            self.steps.setdefault(place, []).append(other)
        self.anchored = _anchored(tree)

    def _part(self, items: Iterable[Any]) -> Part:
        whole = Part()
        for op, argument in items:
            whole = self._after(whole, self._one(str(op), argument))
        return whole

    def _after(self, left: Part, right: Part) -> Part:
        self._join(left.last, right.first)
        return Part(
            min(2, left.nothing * right.nothing),
            left.first + _times(right.first, left.nothing),
            right.last + _times(left.last, right.nothing),
        )

    def _join(self, lasts: Counter[int], firsts: Counter[int]) -> None:
        for place, ways in lasts.items():
            for other, more in firsts.items():
                self.ways[place, other] = min(2, self.ways[place, other] + ways * more)

    def _one(self, op: str, argument: Any) -> Part:
        if op in _REPEATS:
            return self._repeated(op, *argument)
        if op in ("AT", "GROUPREF", *_LOOKS):
            self.apart += [argument[1]] if op in _LOOKS else []
            return Part()
        if op == "BRANCH":
            return _either([self._part(branch) for branch in argument[1]])
        if op in ("SUBPATTERN", "ATOMIC_GROUP"):
            return self._part(argument[3] if op == "SUBPATTERN" else argument)
        return self._place(_readable(op, argument, self.letters, self.flags))

    def _place(self, readable: frozenset[str]) -> Part:
        self.places.append(readable)
        new = len(self.places) - 1
        return Part(0, Counter([new]), Counter([new]))

    def _repeated(self, op: str, low: int, high: int, body: Any) -> Part:
        if op == "POSSESSIVE_REPEAT":
            self.apart.append(body)
            return self._in_one_way(body, low)
        if high > self.few:
            one = self._part(body)
            self._join(one.last, one.first)
            return Part(1 if low == 0 else one.nothing, one.first, one.last)
        whole, last = Part(), Counter[int]()
        for number in range(high):
            one = self._part(body)
            whole = self._after(whole, one)
            last += one.last if number + 1 >= low else Counter()
        return Part(1 if low == 0 else whole.nothing, whole.first, last)

    def _in_one_way(self, body: Any, low: int) -> Part:
        """What is never given back is read in one way: whatever it reads, any number of it."""
        inner = Layout(body, self.flags, self.few)
        one = self._place(frozenset[str]().union(*inner.places))
        self.keeps.update(one.first if len(inner.places) == 1 else ())
        self._join(one.last, one.first)
        return Part(1 - min(low, 1), one.first, one.last)


def _times(counted: Counter[int], ways: int) -> Counter[int]:
    return Counter({place: min(2, n * ways) for place, n in counted.items() if n * ways})


def _either(parts: list[Part]) -> Part:
    whole = Part(0)
    for part in parts:
        nothing = min(2, whole.nothing + part.nothing)
        whole = Part(nothing, whole.first + part.first, whole.last + part.last)
    return whole


def _anchored(tree: Any) -> bool:
    """Tell whether a pattern can begin only where the text does."""
    for op, argument in tree:
        if str(op) == "AT":
            return str(argument).startswith("AT_BEGINNING")
        if str(op) == "SUBPATTERN":
            return _anchored(argument[3])
        if str(op) == "BRANCH":
            return all(_anchored(branch) for branch in argument[1])
        if str(op) not in _LOOKS:
            return False
    return False


def _named(items: Any) -> Iterator[str]:
    """Yield the letters that a pattern names, and those beside them."""
    if isinstance(items, str | int) or items is None:
        return
    for item in items:
        kind = str(item[0]) if isinstance(item, tuple) and len(item) == 2 else ""
        if kind in ("LITERAL", "NOT_LITERAL", "RANGE"):
            low, high = item[1] if kind == "RANGE" else (item[1], item[1])
            for code in (low, high, high + 1, max(0, low - 1)):
                yield from {chr(code), chr(code).lower()[:1], chr(code).upper()[:1]}
        else:
            yield from _named(item)


def _readable(op: str, argument: Any, letters: list[str], flags: int) -> frozenset[str]:
    """Return the letters that may stand at a place."""
    fits = _fits(_spelt(op, argument), flags & re.IGNORECASE)
    return frozenset(letter for letter in letters if fits.fullmatch(letter))


@cache
def _fits(spelt: str, flags: int) -> re.Pattern[str]:
    return re.compile(spelt, flags | re.DOTALL)


def _spelt(op: str, argument: Any) -> str:
    match op:
        case "LITERAL":
            return re.escape(chr(argument))
        case "NOT_LITERAL":
            return f"[^{re.escape(chr(argument))}]"
        case "ANY":
            return "."
        case "IN":
            negated = str(argument[0][0]) == "NEGATE"
            inside = "".join(_member(str(o), a) for o, a in argument[negated:])
            return f"[{'^' if negated else ''}{inside}]"
    raise NotImplementedError(f"a pattern with {op}")


def _member(op: str, argument: Any) -> str:
    if op == "LITERAL":
        return re.escape(chr(argument))
    if op == "RANGE":
        return f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
    name = str(argument).removeprefix("CATEGORY_")
    plain = _CATEGORIES[name.removeprefix("NOT_")]
    return plain.upper() if name.startswith("NOT_") else plain


def layouts(pattern: str, flags: int = 0, few: int = 6) -> Iterator[Layout]:
    """Yield a pattern laid out, and what it looks for round about or reads in one way, apart."""
    tree = _parser.parse(pattern, flags)
    waiting: list[Any] = [tree]
    while waiting:
        layout = Layout(waiting.pop(), tree.state.flags, few)
        waiting += layout.apart
        yield layout


def trouble(pattern: str, flags: int = 0) -> str:
    """Return letters that a pattern can read in two ways over and over, '' where there are none."""
    return next(filter(None, map(_two_walks, layouts(pattern, flags))), "")


def _two_walks(layout: Layout) -> str:
    for circle in circles(layout):
        for place in circle:
            for other in layout.steps[place]:
                if other in circle and layout.ways[place, other] > 1:
                    return _sample(layout, [place, other])
        if found := _parting(layout, circle):
            return found
    return ""


def circles(layout: Layout) -> Iterator[frozenset[int]]:
    """Yield the sets of places from each of which all the others are reached."""
    back: Steps = {}
    for place, others in layout.steps.items():
        for other in others:
            back.setdefault(other, []).append(place)
    left = {place for place in layout.steps if place in back}
    while left:
        start = left.pop()
        circle = reached(layout.steps, [start]).keys() & reached(back, [start]).keys()
        left -= circle
        if circle:
            yield frozenset(circle)


def reached(steps: Steps, starts: Iterable[int]) -> dict[int, int]:
    """Return the places that are a step or more away, each with the one before it."""
    found: dict[int, int] = {}
    queue = deque(starts)
    while queue:
        place = queue.popleft()
        for other in steps.get(place, ()):
            if other not in found:
                found[other] = place
                queue.append(other)
    return found


def _parting(layout: Layout, circle: frozenset[int]) -> str:
    """Return the letters of two walks that part and meet again."""
    home = (min(circle),) * 2
    before: dict[Step, list[Step]] = {}
    seen, queue = {home}, deque([home])
    while queue:
        pair = queue.popleft()
        for following in _both(layout, circle, pair):
            before.setdefault(following, []).append(pair)
            if following not in seen:
                seen.add(following)
                queue.append(following)
    led, queue = {home}, deque([home])
    while queue:
        for pair in before.get(queue.popleft(), ()):
            if pair[0] != pair[1]:
                return _sample(layout, pair)
            if pair not in led:
                led.add(pair)
                queue.append(pair)
    return ""


def _both(layout: Layout, circle: frozenset[int], pair: Step) -> Iterator[Step]:
    """Yield the places to which two walks can go on with one letter."""
    ways = [circle.intersection(layout.steps[place]) for place in pair]
    for one in ways[0]:
        for two in ways[1]:
            if not layout.places[one].isdisjoint(layout.places[two]):
                yield one, two


def _sample(layout: Layout, places: Iterable[int]) -> str:
    return "".join(min(layout.places[place] or {"?"}) for place in places)


def hostile(layout: Layout, most: int, length: int) -> Iterator[str]:
    """Yield texts that begin as the pattern does and then go round in one of its circles."""
    starts = {*layout.whole.first}
    ways_in = reached(layout.steps, starts)
    for circle in circles(layout):
        for place in sorted(circle)[:most]:
            lead = _sample(layout, _path(ways_in, place, starts))
            for turn in sorted(circle.intersection(layout.steps[place]))[:most]:
                way = _path(reached(layout.steps, [turn]), place, {turn})
                yield lead + (_sample(layout, way) * length)[:length] + SPOILER


def _path(before: dict[int, int], place: int, ends: set[int]) -> list[int]:
    path = [place]
    while path[-1] not in ends and path[-1] in before:
        path.append(before[path[-1]])
    return path[::-1]


def work(layout: Layout, text: str) -> int:
    """Return how many steps a matcher takes that finds no end, from every letter of the text."""
    total, now = 0, Counter[int]()
    for number, letter in enumerate(text):
        now = _onward(layout, now, letter)
        if not (layout.anchored and number):
            for place, ways in layout.whole.first.items():
                now[place] += ways if letter in layout.places[place] else 0
        total += now.total()
        if total > _MANY:
            break
    return total


def _onward(layout: Layout, now: Counter[int], letter: str) -> Counter[int]:
    following: Counter[int] = Counter()
    for place, ways in now.items():
        kept = place in layout.keeps and letter in layout.places[place]
        for other in layout.steps.get(place, ()) if ways else ():
            if letter in layout.places[other] and (other == place or not kept):
                following[other] += ways * layout.ways[place, other]
    return following
