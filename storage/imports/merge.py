"""Copy staged rows into their table: what is new goes in, what differs is changed, all or nothing.

The statements are the same on SQLite, where the staging file is attached, and on PostgreSQL,
where it is copied into a temporary table first; only the ways to write a time, a day and a
JSON document differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage.crypto import Cipher
from storage.imports.kinds import DEFAULTS, Kind
from storage.imports.reading import SHOWN, Problems

_PAGE = 2_000
_POSTGRES_TYPES = {"BLOB": "BYTEA"}


@dataclass(frozen=True)
class Merge:
    """One kind's statements on one connection."""

    connection: Connection
    kind: Kind

    @property
    def _postgres(self) -> bool:
        return self.connection.dialect.name == "postgresql"

    def _do(self, sql: str) -> Any:
        return self.connection.exec_driver_sql(sql)

    def copy_in(self, rows: Iterator[tuple[Any, ...]]) -> None:
        """PostgreSQL: bring the staged rows to the server."""
        types = {"row_line": "BIGINT", "key": "TEXT", "parent": "TEXT"} | dict(self.kind.staged)
        columns = ", ".join(f"{n} {_POSTGRES_TYPES.get(t, t)}" for n, t in types.items())
        self._do(f"CREATE TEMP TABLE staged ({columns}) ON COMMIT DROP")
        cursor = self.connection.connection.cursor()
        with cursor.copy("COPY staged FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self._do("CREATE INDEX ON staged (key)")
        self._do("ANALYZE staged")

    def follow_joins(self) -> None:
        """What the other program knows under a record that was joined away is the kept one's."""
        if self.kind.parent is None or self.kind.parent.table != "customer":
            return
        joins = (
            "FROM customer_join j JOIN customer a ON a.id = j.away_id"
            " JOIN customer k ON k.id = j.kept_id WHERE j.undone_at IS NULL"
        )
        if self._do(f"SELECT 1 {joins} LIMIT 1").scalar():
            self._do(
                f"UPDATE staged SET parent = (SELECT k.ref {joins} AND a.ref = staged.parent)"
                f" WHERE parent IN (SELECT a.ref {joins})"
            )

    def orphans(self, label: str, problems: Problems) -> None:
        """Note the rows that belong to nobody we know."""
        parent = self.kind.parent
        if parent is None:
            return
        lost = (
            f"FROM staged s WHERE NOT EXISTS"
            f" (SELECT 1 FROM {parent.table} p WHERE p.{parent.column} = s.parent)"
        )
        count = int(self._do(f"SELECT count(*) {lost}").scalar() or 0)
        if not count:
            return
        found = self._do(
            f"SELECT s.row_line, s.parent {lost} ORDER BY s.row_line LIMIT {SHOWN}"
        ).all()
        for line, key in found:
            problems.add(f"第 {line} 行「{label}」：没有 {key}，{parent.advice}")
        problems.total += count - len(found)

    def drop_equal(self, cipher: Cipher) -> int:
        """Take out rows whose encrypted columns say what the table says already; return how many.

        The same words are another ciphertext each time, so only decrypting tells.
        """
        if not self.kind.sealed:
            return 0
        dropped, last = 0, ""
        while page := self._page(last):
            last = page[-1][0]
            equal = [row[0] for row in page if row[1] and self._says_the_same(row, cipher)]
            for key in equal:
                self.connection.exec_driver_sql(
                    f"DELETE FROM staged WHERE key = {'%s' if self._postgres else '?'}", (key,)
                )
            dropped += len(equal)
        return dropped

    def _page(self, last: str) -> list[Any]:
        """Return staged keys after ``last`` that are in the table, and what is sealed in both."""
        sealed = ", ".join(f"o.{n}, s.{n}" for n in self.kind.sealed)
        equal = " AND ".join(
            f"o.{name} = s.{name}" for name in self.kind.staged if name not in self.kind.sealed
        )
        mark = "%s" if self._postgres else "?"
        return list(
            self.connection.exec_driver_sql(
                f"SELECT s.key, CASE WHEN {equal} THEN 1 ELSE 0 END, {sealed} FROM staged s"
                f" JOIN {self.kind.table} o ON o.{self.kind.key} = s.key"
                f" WHERE s.key > {mark} ORDER BY s.key LIMIT {_PAGE}",
                (last,),
            ).all()
        )

    def _says_the_same(self, row: Any, cipher: Cipher) -> bool:
        pairs = zip(self.kind.sealed, row[2::2], row[3::2], strict=True)
        return all(
            cipher.open(bytes(old), place) == cipher.open(bytes(new), place)
            for name, old, new in pairs
            for place in (f"{self.kind.table}.{name}".encode(),)
        )

    def count(self) -> tuple[int, int]:
        """Return how many rows would be added and changed."""
        new = self._do(f"SELECT count(*) {self._new()}").scalar()
        differing = self._do(
            f"SELECT count(*) FROM {self._source()} JOIN {self.kind.table} AS o"
            f" ON o.{self.kind.key} = s.key WHERE {self._differs()}"
        ).scalar()
        return int(new or 0), int(differing or 0)

    def write(self) -> tuple[int, int]:
        """Write all; return how many rows were added and changed."""
        kind = self.kind
        sets = {kind.link: "p.id"} if kind.link else {}
        sets |= {name: self._updated(name) for name in kind.staged}
        words = ", ".join(f"{name} = {value}" for name, value in sets.items())
        changed = self._do(
            f"UPDATE {kind.table} AS o SET {words} FROM {self._source()}"
            f" WHERE o.{kind.key} = s.key AND ({self._differs()})"
        ).rowcount
        inserts = {kind.key: "s.key"} | ({kind.link: "p.id"} if kind.link else {})
        inserts |= {name: self._inserted(name) for name in kind.staged}
        added = self._do(
            f"INSERT INTO {kind.table} ({', '.join(inserts)})"
            f" SELECT {', '.join(inserts.values())} {self._new()} ORDER BY s.key"
        ).rowcount
        return added, changed

    def _source(self) -> str:
        parent = self.kind.parent
        if parent is None:
            return "staged AS s"
        # In SQLite a CROSS JOIN keeps the order of the tables: each row finds its parent by index.
        join = "JOIN" if self._postgres else "CROSS JOIN"
        return f"staged AS s {join} {parent.table} AS p ON p.{parent.column} = s.parent"

    def _new(self) -> str:
        return (
            f"FROM {self._source()} WHERE NOT EXISTS"
            f" (SELECT 1 FROM {self.kind.table} x WHERE x.{self.kind.key} = s.key)"
        )

    def _typed(self, name: str) -> str:
        if self._postgres and name in self.kind.moments:
            return f"(s.{name} || '+00')::timestamptz"
        if self._postgres and name in self.kind.days:
            return f"s.{name}::date"
        return f"s.{name}::json" if self._postgres and name in self.kind.json else f"s.{name}"

    def _inserted(self, name: str) -> str:
        default = DEFAULTS.get((self.kind.table, name))
        typed = self._typed(name)
        return typed if default is None else f"COALESCE({typed}, '{default}')"

    def _updated(self, name: str) -> str:
        if name in self.kind.json:
            return self._patched(name)
        typed = self._typed(name)
        return f"COALESCE({typed}, o.{name})" if name in self.kind.kept else typed

    def _patched(self, name: str) -> str:
        """What the file does not speak of stays as it is."""
        if self._postgres:
            return f"(o.{name}::jsonb || s.{name}::jsonb)::json"
        return f"json_patch(o.{name}, s.{name})"

    def _differs(self) -> str:
        if self.kind.sealed:
            return "1 = 1"  # what is equal has been taken out
        tests = [f"o.{self.kind.link} <> p.id"] if self.kind.link else []
        for name in self.kind.staged:
            if name not in self.kind.json:
                tests.append(f"{self._updated(name)} IS DISTINCT FROM o.{name}")
            elif self._postgres:
                tests.append(f"{self._patched(name)}::jsonb IS DISTINCT FROM o.{name}::jsonb")
            else:
                tests.append(f"{self._patched(name)} IS DISTINCT FROM json(o.{name})")
        return " OR ".join(tests)
