"""Numbers that customers are given: prefix, date, sequence; unique across processes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models.base import table_of
from storage.models.case import NumberSequence


def next_number(session: Session, prefix: str, day: date) -> str:
    """Return the next number of ``prefix`` on ``day``, e.g. CL20261122000017.

    The row stays locked until the transaction ends, so no number is given twice; a number
    whose transaction is rolled back is given again, which nobody has seen.
    """
    table = table_of(NumberSequence)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(table)
        .values(prefix=prefix, day=day, last=0)
        .on_conflict_do_nothing(index_elements=["prefix", "day"])
    )
    last = session.execute(
        update(table)
        .where(table.c.prefix == prefix, table.c.day == day)
        .values(last=table.c.last + 1)
        .returning(table.c.last)
    ).scalar_one()
    return f"{prefix}{day:%Y%m%d}{last:06d}"
