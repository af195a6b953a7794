"""What is measured of a matcher: right first, right when answering, silent when it should be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.rivals import Matcher


@dataclass(frozen=True)
class Asked:
    """A question with the ids that are right; none: nothing here answers it."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True)
class Given:
    """What came first, how sure it was, and whether it was right."""

    sure: float
    right: bool
    answerable: bool
    in_three: bool = False


@dataclass(frozen=True)
class Figures:
    """The figures of one matcher on one set of questions."""

    first: float
    three: float
    covered: float
    apart: float
    ms: float


def ask(matcher: Matcher, questions: Iterable[Asked]) -> tuple[list[Given], float]:
    """Ask everything; return what came and the processor time of one question in ms."""
    given = []
    started = time.process_time()
    for question in questions:
        found = matcher(question.text)
        first, sure = found[0] if found else ("", 0.0)
        given.append(
            Given(
                sure,
                first in question.right,
                bool(question.right),
                any(name in question.right for name, _ in found[:3]),
            )
        )
    return given, (time.process_time() - started) / max(1, len(given)) * 1000


def figures(given: Sequence[Given], ms: float) -> Figures:
    """Work out the figures."""
    answerable = [one for one in given if one.answerable]
    return Figures(
        first=_share(answerable, lambda one: one.right),
        three=_share(answerable, lambda one: one.in_three),
        covered=max((cover for cover, precision in curve(given) if precision >= 0.95), default=0.0),
        apart=_apart(given),
        ms=ms,
    )


def _share(given: Sequence[Given], test: Callable[[Given], bool]) -> float:
    return sum(map(test, given)) / len(given) if given else 0.0


def curve(given: Sequence[Given]) -> list[tuple[float, float]]:
    """Return (share answered rightly, precision) for every threshold, the strictest first."""
    answerable = sum(one.answerable for one in given) or 1
    points, right = [], 0
    ordered = sorted(given, key=lambda one: -one.sure)
    for count, one in enumerate(ordered, 1):
        right += one.right
        # Equal scores stand or fall together.
        if count == len(ordered) or ordered[count].sure < one.sure:
            points.append((right / answerable, right / count))
    return points


def _apart(given: Sequence[Given]) -> float:
    """Return the chance that an answerable question scores above one that is not (AUROC)."""
    inside = sorted(one.sure for one in given if one.answerable)
    outside = [one.sure for one in given if not one.answerable]
    if not inside or not outside:
        return float("nan")
    won = sum(
        sum(mine > theirs for mine in inside) + 0.5 * sum(mine == theirs for mine in inside)
        for theirs in outside
    )
    return won / (len(inside) * len(outside))


def reliability(given: Sequence[Given], bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean chance told, share right, how many) of every tenth of the scale."""
    held: list[list[Given]] = [[] for _ in range(bins)]
    for one in given:
        held[min(bins - 1, int(one.sure * bins))].append(one)
    return [
        (sum(one.sure for one in part) / len(part), _share(part, lambda one: one.right), len(part))
        for part in held
        if part
    ]
