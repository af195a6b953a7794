"""Scores, ranks and grades of people from their figures; pure (`domain.md` 8.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from storage.rules.assessment import Measure, Rules


class Sample(NamedTuple):
    """A person's figure and how many rows it rests on."""

    rows: int
    value: float


@dataclass(frozen=True)
class Item:
    """One measure of one person; ``score`` is None where there is nothing to count."""

    code: str
    weight: float
    rows: int
    value: float | None
    shrunk: float | None
    score: float | None


@dataclass(frozen=True)
class Result:
    """One person in one period. ``ranks`` is the interval of places, None where none is given."""

    person: str
    team: str
    post: str
    items: tuple[Item, ...]
    points: tuple[tuple[str, float], ...]
    total: float | None
    grade: str
    bonus: float | None
    band: int
    ranks: tuple[int, int] | None
    why_no_rank: str = ""

    def body(self) -> dict[str, Any]:
        """Return it as plain JSON, the basis of the suggestion included."""
        return {
            "items": [vars(item) for item in self.items],
            "points": [list(point) for point in self.points],
            "total": self.total,
            "grade": self.grade,
            "bonus": self.bonus,
            "band": self.band,
            "ranks": list(self.ranks) if self.ranks else None,
            "why_no_rank": self.why_no_rank,
        }


@dataclass(frozen=True)
class Person:
    """Who is assessed, with samples by code, those of the team, and merits on record."""

    name: str
    team: str
    post: str
    samples: Mapping[str, Sample]
    team_samples: Mapping[str, Sample]
    merits: tuple[str, ...] = ()
    veto: bool = False


def score(measure: Measure, value: float, cap: float) -> float:
    """Return the points of one measure: linear from floor to target, capped, never below 0.

    A measure whose target lies below its floor is one where less is better.
    """
    share = (value - measure.floor) / (measure.target - measure.floor)
    return min(max(share, 0.0), cap) * 100


def shrink(mine: Sample, team: float, weight: int) -> float:
    """Draw a small sample towards its team: few answers say little about a person."""
    return (mine.rows * mine.value + weight * team) / (mine.rows + weight)


def assess(people: Iterable[Person], rules: Rules) -> list[Result]:
    """Return everybody's result, ranked within the same post and workload."""
    results = [_result(person, rules) for person in people]
    groups: dict[tuple[str, int], list[Result]] = defaultdict(list)
    for result in results:
        if not result.why_no_rank:
            groups[result.post, result.band].append(result)
    return [
        replace(r, ranks=_ranks(r, groups[r.post, r.band], rules)) if not r.why_no_rank else r
        for r in results
    ]


def _result(person: Person, rules: Rules) -> Result:
    items = tuple(_item(measure, person, rules) for measure in rules.posts[person.post])
    counted = [item for item in items if item.score is not None]
    usable = sum(item.weight for item in counted)
    points = _points(person, rules)
    total = _total(counted, usable, points)
    if person.veto:
        total = 0.0
    why = _why_no_rank(counted, usable / 100, rules)
    grade = rules.grade(total) if total is not None and not why else None
    return Result(
        person.name,
        person.team,
        person.post,
        items,
        points,
        None if total is None else round(total, 2),
        grade.grade if grade else "",
        grade.bonus if grade else None,
        rules.band(sum(item.rows for item in counted)),
        None,
        why,
    )


def _item(measure: Measure, person: Person, rules: Rules) -> Item:
    mine = person.samples.get(measure.code)
    if mine is None or not mine.rows:
        return Item(measure.code, measure.weight, 0, None, None, None)
    team = person.team_samples.get(measure.code, mine)
    shrunk = shrink(mine, team.value, rules.shrink)
    points = round(score(measure, shrunk, rules.cap), 2)
    return Item(measure.code, measure.weight, mine.rows, mine.value, shrunk, points)


def _points(person: Person, rules: Rules) -> tuple[tuple[str, float], ...]:
    """Return what merits add and take, those of a kind up to the most that counts."""
    found = []
    for kind, rule in rules.merits.items():
        if times := person.merits.count(kind):
            points = float(rule["points"] * times)
            found.append((rule["label"], min(points, float(rule.get("most", points)))))
    return tuple(found)


def _total(
    counted: Sequence[Item], usable: float, points: Sequence[tuple[str, float]]
) -> float | None:
    if not usable:
        return None
    weighed = sum(item.weight * (item.score or 0.0) for item in counted) / usable
    return max(0.0, weighed + sum(value for _, value in points))


def _why_no_rank(counted: Sequence[Item], usable: float, rules: Rules) -> str:
    if usable < rules.usable:
        return "可用权重不足"
    if max((item.rows for item in counted), default=0) < rules.least:
        return "样本不足"
    return ""


def _ranks(result: Result, group: Sequence[Result], rules: Rules) -> tuple[int, int]:
    """Equal totals share a place (1, 2, 2, 4); nearly equal ones share an interval."""
    mine = result.total or 0.0
    first = 1 + sum((other.total or 0.0) > mine + rules.margin for other in group)
    last = sum((other.total or 0.0) >= mine - rules.margin for other in group)
    return first, last


def shortfalls(result: Result, rules: Rules) -> list[Item]:
    """Return what a person needs training in: weak measures with enough rows behind them."""
    weak = [
        item
        for item in result.items
        if item.score is not None and item.rows >= rules.least and item.score < rules.train_below
    ]
    if result.grade == rules.grades[-1].grade and not weak:
        scored = [item for item in result.items if item.score is not None]
        weak = sorted(scored, key=lambda item: item.score or 0.0)[:1]
    return weak
