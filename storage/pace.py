"""One pace for all processes: when the next message to a place may leave."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.group_desk import PaceMark

_mark = table_of(PaceMark)


def reserve(connection: Connection, name: str, per_minute: int, now: float) -> float:
    """Take the next slot and return when it is; never more than ``per_minute`` in any minute.

    A quarter of them may leave at once, the others come evenly.
    """
    burst = max(1, per_minute // 4)
    gap = 60.0 / max(1, per_minute - burst)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(_mark)
        .values(name=name, due=now)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    query = select(_mark.c.due).where(_mark.c.name == name).with_for_update()
    # Each mark is when the next message would be due if all came evenly.
    due = max(float(connection.execute(query).scalar_one()), now)
    connection.execute(_mark.update().where(_mark.c.name == name).values(due=due + gap))
    return max(now, due - (burst - 1) * gap)


def once(connection: Connection, name: str, seconds: float, now: float) -> bool:
    """Tell whether this is the first time within so many seconds."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    made = dialect.insert(_mark).values(name=name, due=now + seconds)
    done = connection.execute(
        made.on_conflict_do_update(
            index_elements=["name"], set_={"due": now + seconds}, where=_mark.c.due <= now
        ).returning(_mark.c.name)
    )
    return done.first() is not None
