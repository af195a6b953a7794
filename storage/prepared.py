"""Statements of the message path, on SQLite compiled once and handed straight to the driver.

SQLAlchemy writes the SQL and converts every value, as everywhere else; left out is only what
its ``execute`` does anew on each call (events, contexts, result objects), which on a path of
four small statements a message costs more than the statements themselves. PostgreSQL, where
the way to the server costs more than all that, goes through ``execute``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

Convert = Callable[[Any], Any] | None
Values = Mapping[str, Any]
Row = Mapping[str, Any]


class Prepared:
    """One statement; values go in by the names of its parameters or columns."""

    def __init__(self, statement: Select[Any] | UpdateBase, columns: Iterable[str] = ()) -> None:
        """Take the statement; an insert names the columns that it fills."""
        self._statement = statement
        self._columns = list(columns) or None
        self._ready: WeakKeyDictionary[Dialect, _Ready] = WeakKeyDictionary()

    def run(self, connection: Connection, *rows: Values) -> None:
        """Execute it for every row of values."""
        if connection.dialect.name != "sqlite":
            connection.execute(self._statement, rows)
            return
        ready = self._for(connection.dialect)
        for row in rows:
            ready.execute(connection, row)

    def first(self, connection: Connection, values: Values) -> Row | None:
        """Execute it and return the first row by column name, None when there is none."""
        if connection.dialect.name != "sqlite":
            row = connection.execute(self._statement, values).first()
            return row._asdict() if row is not None else None
        ready = self._for(connection.dialect)
        found = ready.execute(connection, values).fetchone()
        return ready.read(found) if found is not None else None

    def _for(self, dialect: Dialect) -> _Ready:
        ready = self._ready.get(dialect)
        if ready is None:
            ready = self._ready[dialect] = _compile(self._statement, dialect, self._columns)
        return ready


@dataclass(frozen=True)
class _Ready:
    """A statement in the words of SQLite's driver, and how values go in and come out."""

    sql: str
    goes_in: tuple[tuple[str, Convert], ...]
    comes_out: tuple[tuple[str, Convert], ...]

    def execute(self, connection: Connection, values: Values) -> Any:
        """Return the driver's cursor; raise SQLAlchemy's errors, as ``execute`` does."""
        bound = [
            values[name] if convert is None else convert(values[name])
            for name, convert in self.goes_in
        ]
        try:
            return connection.connection.cursor().execute(self.sql, bound)
        except connection.dialect.loaded_dbapi.Error as error:
            base = connection.dialect.loaded_dbapi.Error
            # The values stay out of the message: they are what customers said.
            raise DBAPIError.instance(self.sql, None, error, base) from error

    def read(self, row: Sequence[Any]) -> Row:
        return {
            name: value if convert is None else convert(value)
            for (name, convert), value in zip(self.comes_out, row, strict=True)
        }


def _compile(statement: Any, dialect: Dialect, columns: list[str] | None) -> _Ready:
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    is_select = isinstance(statement, Select)
    returned = statement.selected_columns if is_select else statement.exported_columns
    goes_in = [(name, compiled.binds[name].type) for name in compiled.positiontup]
    return _Ready(
        str(compiled),
        tuple((n, kind.dialect_impl(dialect).bind_processor(dialect)) for n, kind in goes_in),
        tuple(
            (column.key, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for column in returned
        ),
    )
