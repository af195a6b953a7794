"""Figures of a period, in all and by person, team, channel and touch point, with their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, func, select

from storage.kpi.charter import CHARTER
from storage.kpi.companions import COMPANIONS
from storage.kpi.definition import EVENT, Definition, Period, counted
from storage.ledger import BOT, NOBODY
from storage.models.base import table_of
from storage.models.ledger import KpiExclusion

By = Literal["actor", "team", "channel", "label"]
BYS: Final[tuple[By, ...]] = ("actor", "team", "channel", "label")
DEFINITIONS: Final[Mapping[str, Definition]] = MappingProxyType(
    {definition.code: definition for definition in (*CHARTER, *COMPANIONS)}
)
CHARTER_CODES: Final = ("csat", "response", "complaint_success", "claim_on_time")
# Customers and jobs act too, but they are nobody's staff: by person their rows stand under ''.
NO_PERSON: Final = tuple(sorted(NOBODY - {BOT}))
_excluded = table_of(KpiExclusion)
_QUANTILES_UP_TO: Final = 200_000


class Sums(NamedTuple):
    """What is added up over rows."""

    rows: int = 0
    hits: int = 0
    values: int = 0
    excluded: int = 0

    def plus(self, other: Sums) -> Sums:
        """Return both together."""
        return Sums(*(mine + yours for mine, yours in zip(self, other, strict=True)))


@dataclass(frozen=True)
class Figure:
    """One figure: ``value`` is None where nothing is below the line (shown as —).

    ``few`` tells that the sample is too small to judge by; ``excluded`` is time taken out.
    """

    code: str
    rows: int
    hits: int
    value: float | None
    few: bool
    excluded: int = 0
    stock: int | None = None

    @property
    def below(self) -> int:
        """Return what stands below the line: the rows, or the stock that they are set against."""
        return self.rows if self.stock is None else self.stock

    def met(self, definition: Definition) -> bool | None:
        """Tell whether the target is reached; None where there is none, or no figure."""
        if self.value is None or definition.target is None:
            return None
        if definition.better == "low":
            return self.value <= definition.target
        return self.value >= definition.target


@dataclass(frozen=True)
class Table:
    """A figure in all and broken down: dimension → who or what → figure."""

    definition: Definition
    total: Figure
    by: Mapping[By, Mapping[str, Figure]]
    quantiles: Mapping[int, float] = field(default_factory=dict)


def figure(definition: Definition, sums: Sums, stock: int | None = None) -> Figure:
    """Return what sums amount to."""
    return Figure(
        definition.code,
        sums.rows,
        sums.hits,
        _value(definition, sums, stock),
        sums.rows < definition.least,
        sums.excluded,
        stock,
    )


def _value(definition: Definition, sums: Sums, stock: int | None) -> float | None:
    if definition.kind == "count":
        return float(sums.rows)
    if definition.kind == "per_10000":
        return sums.rows * 10_000 / stock if stock else None
    if not sums.rows:
        return None
    if definition.kind == "mean":
        return sums.values / sums.rows / definition.divide
    return sums.hits / sums.rows


def table(connection: Connection, definition: Definition, period: Period) -> Table:
    """Count one figure; every breakdown adds up to the total, being the same rows."""
    counted_rows = counted(definition, period)
    keys = [counted_rows.c[by] for by in BYS]
    query = (
        select(
            *keys,
            func.count(),
            func.coalesce(func.sum(counted_rows.c.hit), 0),
            func.coalesce(func.sum(counted_rows.c.value), 0),
            func.coalesce(func.sum(counted_rows.c.excluded), 0),
        )
        .where(counted_rows.c.id.not_in(select(_excluded.c.event_id)))
        .group_by(*keys)
    )
    found = [(row[:4], Sums(*map(int, row[4:]))) for row in connection.execute(query)]
    stock = _stock(connection, period.end) if definition.kind == "per_10000" else None
    return Table(
        definition,
        figure(definition, _total(sums for _, sums in found), stock),
        {by: _broken_down(definition, found, at) for at, by in enumerate(BYS)},
        _quantiles(connection, definition, period, sum(s.rows for _, s in found)),
    )


def _total(found: Iterable[Sums]) -> Sums:
    total = Sums()
    for sums in found:
        total = total.plus(sums)
    return total


def _broken_down(
    definition: Definition, found: Sequence[tuple[Any, Sums]], at: int
) -> dict[str, Figure]:
    parts: dict[str, Sums] = {}
    for key, sums in found:
        name = _name(BYS[at], key[at])
        parts[name] = parts.get(name, Sums()).plus(sums)
    return {name: figure(definition, sums) for name, sums in sorted(parts.items())}


def _name(by: By, name: str) -> str:
    return "" if by == "actor" and name in NO_PERSON else name


def _quantiles(
    connection: Connection, definition: Definition, period: Period, size: int
) -> dict[int, float]:
    """Return the middle and the slow end of a duration, by the nearest rank."""
    if definition.kind != "mean" or (definition.divide == 1 and definition.unit == "分"):
        return {}
    if not 0 < size <= _QUANTILES_UP_TO:
        return {}
    counted_rows = counted(definition, period)
    query = (
        select(counted_rows.c.value)
        .where(counted_rows.c.id.not_in(select(_excluded.c.event_id)))
        .order_by(counted_rows.c.value)
    )
    values = [value or 0 for value in connection.execute(query).scalars()]
    return {
        percent: values[max(0, -(-percent * len(values) // 100) - 1)] / definition.divide
        for percent in (50, 90)
    }


def _stock(connection: Connection, before: datetime) -> int | None:
    """Return the number of policies in force when last counted before a moment."""
    query = (
        select(EVENT.c.value)
        .where(EVENT.c.kind == "stock", EVENT.c.label == "policies", EVENT.c.at < before)
        .order_by(EVENT.c.at.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def tables(
    connection: Connection, period: Period, codes: Iterable[str] = DEFINITIONS
) -> dict[str, Table]:
    """Count the figures of a period."""
    return {code: table(connection, DEFINITIONS[code], period) for code in codes}


@dataclass(frozen=True)
class Slice:
    """Which rows of a figure are wanted."""

    code: str
    period: Period
    by: Mapping[By, str] = field(default_factory=dict)


def drill(
    connection: Connection, wanted: Slice, after: int = 0, limit: int = 100
) -> list[Mapping[str, Any]]:
    """Return the very rows of a figure, those that were excluded marked as such."""
    counted_rows = counted(DEFINITIONS[wanted.code], wanted.period)
    query = (
        select(counted_rows, _excluded.c.reason.label("exclusion"))
        .outerjoin(_excluded, _excluded.c.event_id == counted_rows.c.id)
        .where(counted_rows.c.id > after)
        .order_by(counted_rows.c.id)
        .limit(limit)
    )
    for by, name in wanted.by.items():
        same = NO_PERSON if by == "actor" and not name else (name,)
        query = query.where(counted_rows.c[by].in_(same))
    return [dict(row) for row in connection.execute(query).mappings()]
