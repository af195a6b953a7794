"""How a case got where it is: its states in order, each with a time that makes sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from bot.clock import SHANGHAI

# Days that a step takes at least and at most; (0, 0) follows within the same hour.
Gaps = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Step:
    """A state that a case reached."""

    status: str
    at: datetime


@dataclass(frozen=True)
class Ended:
    """A closed case, whose customer may be asked for a score."""

    kind: str
    number: str
    ref: str
    at: datetime


def since(rng: Random, path: Sequence[str], gaps: Gaps, now: datetime, rest: int) -> list[Step]:
    """Return a history that reached its last state ``rest`` days before ``now``.

    With ``rest`` 0 everything happened in the last hours, at whatever time it is now.
    """
    days = [0, *(rng.randint(*gaps[status]) for status in path[1:])]
    if rest == 0:
        return _just_now(rng, path, now)
    today = now.date() - timedelta(days=rest + sum(days))
    steps: list[Step] = []
    at = _during(rng, today, 7 * 60, 19 * 60)
    for status, gap in zip(path, days, strict=True):
        if gap:
            at = _during(rng, at.date() + timedelta(days=gap), 9 * 60, 16 * 60)
        elif steps:
            # Two such steps are a first contact, which is promised within a quarter of an hour.
            at += timedelta(minutes=3, seconds=15 * rng.randint(4, 20))
        steps.append(Step(status, at))
    return steps


def _just_now(rng: Random, path: Sequence[str], now: datetime) -> list[Step]:
    at = now.replace(second=0, microsecond=0)
    steps = []
    for status in reversed(path):
        at -= timedelta(minutes=rng.randint(2, 9))
        steps.append(Step(status, at))
    return steps[::-1]


def _during(rng: Random, day: date, first: int, last: int) -> datetime:
    minute = rng.randint(first, last)
    return datetime.combine(day, time(minute // 60, minute % 60), SHANGHAI)


def reached(steps: Sequence[Step], status: str) -> date | None:
    """Return the day on which a state was reached last."""
    days = [step.at.date() for step in steps if step.status == status]
    return days[-1] if days else None


def event(number: str, step: Step, actor: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the case_event row of a step; its kind is the state's code."""
    return {
        "case_number": number,
        "at": step.at,
        "actor": actor,
        "kind": step.status,
        "data": dict(data),
    }
