"""Where the time of processes goes (S82, S84): each step, waiting or working, back or given up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from storage.kpi.definition import EVENT, Period
from storage.rules.processes import Process, processes

# One stretch: the step it was spent in, the step that ended it, and how long it took.
_Stretch = tuple[str, str, float]


@dataclass(frozen=True)
class StepTime:
    """One step in the period: how often it was left, how long it took, how often backwards."""

    process: str
    process_label: str
    step: str
    label: str
    side: str
    times: int
    mean_s: float
    p90_s: float
    total_s: float
    returned: int


@dataclass(frozen=True)
class ProcessTime:
    """One process in the period; ``waiting_share`` is of all time that was ours (None: none)."""

    code: str
    label: str
    ended: int
    abandoned: int
    returns: int
    moves: int
    waiting_share: float | None
    steps: tuple[StepTime, ...]

    @property
    def return_rate(self) -> float | None:
        """Return the share of moves that went backwards."""
        return self.returns / self.moves if self.moves else None

    @property
    def abandon_rate(self) -> float | None:
        """Return the share of the ended ones that were given up."""
        over = self.ended + self.abandoned
        return self.abandoned / over if over else None


def measure(connection: Connection, period: Period) -> list[ProcessTime]:
    """Measure every process of the table in a period."""
    return [_measure(connection, process, period) for process in processes()]


def bottlenecks(measured: Iterable[ProcessTime], count: int = 5) -> list[StepTime]:
    """Return the steps in which most of our own time went by waiting or working."""
    steps = [s for process in measured for s in process.steps if s.side in ("wait", "work")]
    return sorted(steps, key=lambda step: -step.total_s)[:count]


def _measure(connection: Connection, process: Process, period: Period) -> ProcessTime:
    stretches = _stretches(connection, process, period)
    spent: dict[str, list[_Stretch]] = defaultdict(list)
    for stretch in stretches:
        if stretch[0] in process.steps:
            spent[stretch[0]].append(stretch)
    steps = tuple(_step(process, code, spent[code]) for code in process.steps if spent[code])
    ours = {side: sum(s.total_s for s in steps if s.side == side) for side in ("wait", "work")}
    return ProcessTime(
        process.code,
        process.label,
        sum(to in process.ends for _, to, _ in stretches),
        sum(to in process.abandoned for _, to, _ in stretches),
        sum(step.returned for step in steps),
        len(stretches),
        ours["wait"] / sum(ours.values()) if sum(ours.values()) else None,
        steps,
    )


def _stretches(connection: Connection, process: Process, period: Period) -> list[_Stretch]:
    """Return the stretches that ended in the period, however long ago they began."""
    touched = (
        select(EVENT.c.case_number)
        .where(EVENT.c.kind.in_(process.kinds), EVENT.c.at >= period.start, EVENT.c.at < period.end)
        .distinct()
    )
    query = (
        select(EVENT.c.case_number, EVENT.c.kind, EVENT.c.at)
        .where(EVENT.c.kind.in_(process.kinds), EVENT.c.case_number.in_(touched))
        .order_by(EVENT.c.case_number, EVENT.c.at, EVENT.c.id)
    )
    found: list[_Stretch] = []
    before: tuple[str, str, datetime] | None = None
    for number, kind, at in connection.execute(query):
        step = kind.partition(".")[2]
        if before and before[0] == number and period.start <= at < period.end:
            found.append((before[1], step, (at - before[2]).total_seconds()))
        before = (number, step, at)
    return found


def _step(process: Process, code: str, spent: Sequence[_Stretch]) -> StepTime:
    step = process.steps[code]
    seconds = sorted(took for _, _, took in spent)
    return StepTime(
        process.code,
        process.label,
        code,
        step.label,
        step.side,
        len(seconds),
        sum(seconds) / len(seconds),
        seconds[max(0, -(-90 * len(seconds) // 100) - 1)],
        sum(seconds),
        sum(_backwards(process, code, to) for _, to, _ in spent),
    )


def _backwards(process: Process, code: str, to: str) -> bool:
    here, there = process.steps[code].place, process.steps.get(to)
    return here is not None and there is not None and (there.place or 0) < here


@dataclass(frozen=True)
class FlowUse:
    """How often a dialogue was begun, finished and given up."""

    flow: str
    begun: int
    done: int
    cancelled: int


def flows(connection: Connection, period: Period) -> list[FlowUse]:
    """Count the dialogues of the period, the most begun first."""
    query = (
        select(EVENT.c.label, EVENT.c.result, func.count())
        .where(
            EVENT.c.kind == "turn",
            EVENT.c.result.in_(("begun", "done", "cancelled")),
            EVENT.c.at >= period.start,
            EVENT.c.at < period.end,
        )
        .group_by(EVENT.c.label, EVENT.c.result)
    )
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for label, result, count in connection.execute(query):
        counts[label][result] = count
    uses = [
        FlowUse(flow, *(c.get(result, 0) for result in ("begun", "done", "cancelled")))
        for flow, c in counts.items()
    ]
    return sorted(uses, key=lambda use: (-use.begun, use.flow))


def tally(connection: Connection, period: Period, kind: str, *where: Any) -> list[tuple[str, int]]:
    """Count the events of a kind by label, the most frequent first."""
    query = (
        select(EVENT.c.label, func.count())
        .where(EVENT.c.kind == kind, EVENT.c.at >= period.start, EVENT.c.at < period.end, *where)
        .group_by(EVENT.c.label)
    )
    found = [(str(label), int(count)) for label, count in connection.execute(query)]
    return sorted(found, key=lambda item: (-item[1], item[0]))
