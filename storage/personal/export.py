"""Everything we hold about one person, table by table, as plain JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from storage.personal import person as people
from storage.personal.declaration import rules
from storage.personal.person import Person


def export(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """Return all of it; indexes and what is about our own work are left out."""
    tables = []
    for rule in rules().values():
        if not rule.personal or not rule.export:
            continue
        found = people.rows(session, rule, person)
        if found:
            shown = [_row(row, rule.hidden, person, search=bool(rule.search)) for row in found]
            tables.append({"table": rule.table.name, "title": rule.title, "rows": shown})
    return {"made_at": now.isoformat(), "tables": tables}


def counts(session: Session, person: Person) -> dict[str, int]:
    """Return how many rows each table holds, by its title."""
    found = {
        rule.title: len(people.rows(session, rule, person))
        for rule in rules().values()
        if rule.ties and rule.export
    }
    return {title: count for title, count in found.items() if count}


def _row(
    row: dict[str, Any], hidden: frozenset[str], person: Person, *, search: bool
) -> dict[str, Any]:
    return {name: plain(value) for name, value in row.items() if name not in hidden}


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
