"""The report of a period: figures, the period before, processes, demand; counted once for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storage.kpi import figures, findings, names
from storage.kpi import processes as measured
from storage.kpi.definition import EVENT, Period
from storage.kpi.figures import DEFINITIONS, Figure, Table
from storage.misses import Cluster
from storage.unit_of_work import UnitOfWork

_TOP = 10


@dataclass(frozen=True)
class Report:
    """Everything that API, command line, spreadsheet and page show: the same numbers."""

    period: Period
    tables: Mapping[str, Table]
    before: Mapping[str, Figure]
    processes: list[measured.ProcessTime]
    flows: list[measured.FlowUse]
    asked: list[tuple[str, int]]
    complaints: list[tuple[str, int]]
    late_clocks: list[tuple[str, int]]
    unanswered: list[Cluster]
    late_cases: list[findings.LateCase]
    root_causes: list[tuple[str, int]]
    unsolved: list[tuple[str, int]]
    entries: Mapping[str, str]

    @property
    def bottlenecks(self) -> list[measured.StepTime]:
        """Return the steps that take most of our time."""
        return measured.bottlenecks(self.processes)


def report(uow: UnitOfWork, period: Period) -> Report:
    """Count a period and the one before."""
    connection = uow.connection
    asked = measured.tally(connection, period, "turn", EVENT.c.result == "answered")[:_TOP]
    unsolved = measured.tally(connection, period, "solved", EVENT.c.result == "unsolved")[:_TOP]
    earlier = figures.tables(connection, period.before, figures.CHARTER_CODES)
    return Report(
        period,
        figures.tables(connection, period),
        {code: table.total for code, table in earlier.items()},
        measured.measure(connection, period),
        measured.flows(connection, period),
        asked,
        measured.tally(connection, period, "complaint.received"),
        measured.tally(connection, period, "clock", EVENT.c.result == "missed"),
        uow.misses.clusters(("open", "taken"), _TOP),
        findings.late_cases(connection, period),
        findings.root_causes(uow.session, period),
        unsolved,
        names.entries(uow.session, (label for label, _ in (*asked, *unsolved))),
    )


def shown(figure: Figure) -> str:
    """Return a figure in words: — where there is nothing to count."""
    if figure.value is None:
        return "—"
    definition = DEFINITIONS[figure.code]
    if definition.kind == "share":
        return f"{figure.value:.1%}"
    if definition.kind == "count":
        return f"{figure.rows} {definition.unit}"
    return f"{figure.value:.2f} {definition.unit}"
