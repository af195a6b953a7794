"""A figure as data: its words, its version, and the query for the very rows that it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    literal,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.clock import SHANGHAI
from storage.models.base import Moment, table_of
from storage.models.ledger import Event

EVENT: Final = table_of(Event)
Kind = Literal["share", "mean", "count", "per_10000"]
Rows = Select[Any]
Better = Literal["high", "low", "none"]
FEW: Final = 10


@dataclass(frozen=True)
class Period:
    """Whole days, both included, Asia/Shanghai."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Return the beginning of the first day."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """Return the end of the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI)

    @property
    def before(self) -> Period:
        """Return the period of the same length just before."""
        days = (self.last - self.first).days + 1
        return Period(self.first - timedelta(days=days), self.first - timedelta(days=1))


@dataclass(frozen=True)
class Definition:
    """One figure. ``rows`` selects its denominator; ``hit`` of a row is what it adds above.

    share: Σhit ÷ rows; mean: Σvalue ÷ rows; count: rows; per_10000: rows ÷ the stock × 10 000.
    ``divide`` turns the stored unit into the shown one (seconds into minutes). A changed meaning
    gets a new ``version``; published periods keep the figures they were published with.
    """

    code: str
    name: str
    formula: str
    numerator: str
    denominator: str
    rows: Callable[[Period], Rows]
    kind: Kind = "share"
    unit: str = "%"
    excluded: str = "标记并经批准剔除的行"
    basis: str = ""
    version: int = 1
    target: float | None = None
    better: Better = "high"
    least: int = FEW
    divide: int = 1


class _Shifted(FunctionElement[Any]):
    """A moment some seconds later; the two databases say it differently."""

    type = Moment()
    inherit_cache = True


@compiles(_Shifted, "sqlite")
def _on_sqlite(element: _Shifted, compiler: Any, **words: Any) -> str:
    at, seconds = element.clauses
    shift = f"{compiler.process(seconds, **words)} || ' seconds'"
    return f"strftime('%Y-%m-%d %H:%M:%f000', {compiler.process(at, **words)}, {shift})"


@compiles(_Shifted, "postgresql")
def _on_postgresql(element: _Shifted, compiler: Any, **words: Any) -> str:
    at, seconds = element.clauses
    shift = compiler.process(seconds, **words)
    return f"({compiler.process(at, **words)} + make_interval(secs => {shift}))"


def later(at: ColumnElement[Any], by: timedelta) -> ColumnElement[Any]:
    """Return the moment ``by`` after a column's."""
    return _Shifted(at, literal(int(by.total_seconds())))


def within(period: Period) -> ColumnElement[bool]:
    """Return that an event lies in the period."""
    return and_(EVENT.c.at >= period.start, EVENT.c.at < period.end)


def rows(
    period: Period,
    *kinds: str,
    where: tuple[ColumnElement[bool], ...] = (),
    hit: ColumnElement[bool] | ColumnElement[int] | None = None,
) -> Rows:
    """Select the events of some kinds in the period; ``hit`` tells which ones count above."""
    return pick(EVENT.c.kind.in_(kinds), within(period), *where, hit=hit)


def pick(
    *where: ColumnElement[bool], hit: ColumnElement[bool] | ColumnElement[int] | None = None
) -> Rows:
    """Select events with the columns that every figure has."""
    adds = literal(1) if hit is None else case((hit, 1), else_=0)
    return select(
        EVENT.c.id,
        EVENT.c.at,
        EVENT.c.actor,
        EVENT.c.team,
        EVENT.c.channel,
        EVENT.c.label,
        EVENT.c.result,
        EVENT.c.case_number,
        EVENT.c.conversation_id,
        EVENT.c.value,
        EVENT.c.excluded,
        adds.label("hit"),
    ).where(*where)


def another(*where: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return that there is another event for which all of ``where`` is true."""
    other = EVENT.alias()
    return exists(select(other.c.id).where(*(test(other.c) for test in where)))


def same_case(kind: str, *results: str) -> ColumnElement[bool]:
    """Return that the same case has an event of a kind (with one of these results)."""
    tests = [lambda o: o.case_number == EVENT.c.case_number, lambda o: o.kind == kind]
    if results:
        tests.append(lambda o: o.result.in_(results))
    return another(*tests)


def same_customer(
    kind: str, after: timedelta, until: timedelta, *more: Callable[[Any], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Return that the same conversation has an event of a kind from ``after`` to ``until``."""
    return another(
        lambda o: o.conversation_id == EVENT.c.conversation_id,
        lambda o: o.kind == kind,
        lambda o: o.at > later(EVENT.c.at, after),
        lambda o: o.at <= later(EVENT.c.at, until),
        *more,
    )


def counted(definition: Definition, period: Period) -> Subquery:
    """Return the rows of a figure as something to select from."""
    return definition.rows(period).subquery()
