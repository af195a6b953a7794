"""Figures as the API shows them: those of the report, to the row."""

from __future__ import annotations

from pydantic import BaseModel

from storage.kpi import figures
from storage.kpi.definition import Period
from storage.kpi.figures import By, Figure, Table
from storage.kpi.report import shown
from storage.unit_of_work import UnitOfWork


class FigurePart(BaseModel):
    """One figure; ``value`` is null where there is nothing to count.

    ``below`` stands below the line: mostly the rows, for «per 10 000» the policies in force.
    """

    name: str
    hits: int
    rows: int
    below: int
    value: float | None
    shown: str
    few: bool
    excluded: int


class FigureView(FigurePart):
    """A figure in all, with its breakdown when one was asked for."""

    code: str
    title: str
    version: int
    target: float | None
    met: bool | None
    quantiles: dict[str, float]
    parts: list[FigurePart]


class DefinitionView(BaseModel):
    """What a figure means."""

    code: str
    title: str
    version: int
    formula: str
    numerator: str
    denominator: str
    excluded: str
    basis: str
    unit: str
    target: float | None
    better: str


def definition_views() -> list[DefinitionView]:
    """Return the meaning of every figure."""
    return [
        DefinitionView(
            code=one.code,
            title=one.name,
            version=one.version,
            formula=one.formula,
            numerator=one.numerator,
            denominator=one.denominator,
            excluded=one.excluded,
            basis=one.basis,
            unit=one.unit,
            target=one.target,
            better=one.better,
        )
        for one in figures.DEFINITIONS.values()
    ]


def figure_views(uow: UnitOfWork, period: Period, by: By | None) -> list[FigureView]:
    """Count the figures of a period."""
    return [_view(t, by) for t in figures.tables(uow.connection, period).values()]


def _view(table: Table, by: By | None) -> FigureView:
    parts = table.by[by].items() if by else ()
    return FigureView(
        **_part("", table.total).model_dump(),
        code=table.definition.code,
        title=table.definition.name,
        version=table.definition.version,
        target=table.definition.target,
        met=table.total.met(table.definition),
        quantiles={f"p{percent}": value for percent, value in table.quantiles.items()},
        parts=[_part(name, part) for name, part in parts],
    )


def _part(name: str, part: Figure) -> FigurePart:
    return FigurePart(
        name=name,
        hits=part.hits,
        rows=part.rows,
        below=part.below,
        value=part.value,
        shown=shown(part),
        few=part.few,
        excluded=part.excluded,
    )
