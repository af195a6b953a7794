"""The ledger: what happened, appended in the transaction that made it happen; never changed.

Rows are held back until the unit of work ends and then written in one go, so that a turn pays
for one statement whatever it leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.ledger import Event, StaffPost
from storage.prepared import Prepared

BOT: Final = "bot"
# Whoever is none of these is a member of staff and belongs to a team.
NOBODY: Final = frozenset({"", BOT, "customer", "system"})
_event, _post = table_of(Event), table_of(StaffPost)


class Happening(NamedTuple):
    """One row of the ledger; see `storage.models.ledger.Event` for what its parts mean."""

    kind: str
    at: datetime
    conversation_id: int | None = None
    case_number: str | None = None
    actor: str = ""
    team: str = ""
    channel: str = ""
    label: str = ""
    result: str = ""
    value: int | None = None
    excluded: int = 0
    data: Mapping[str, Any] | None = None
    key: str | None = None


# One cause, one row: a key that is there already is left as it was.
_append = {
    dialect.dialect.name: Prepared(
        dialect.insert(_event).on_conflict_do_nothing(), Happening._fields
    )
    for dialect in (postgresql, sqlite)
}
_team_of = Prepared(select(_post.c.team).where(_post.c.name == bindparam("name")))


def person(actor: str) -> str:
    """Return the name under which an actor's figures are counted."""
    return actor.removeprefix("api:")


class Ledger:
    """The rows of this unit of work."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._held: list[Happening] = []
        self._teams: dict[str, str] = dict.fromkeys(NOBODY, "") | {BOT: BOT}

    def add(self, happening: Happening) -> None:
        """Hold a row back until the unit of work ends."""
        self._held.append(happening)

    def write(self) -> None:
        """Append what is held."""
        if self._held:
            rows, self._held = [self._row(happening) for happening in self._held], []
            _append[self.connection.dialect.name].run(self.connection, *rows)

    def _row(self, happening: Happening) -> dict[str, Any]:
        row = happening._asdict()
        actor = row["actor"] = person(happening.actor)[:128]
        row["team"] = happening.team or self.team(actor)
        row["label"], row["result"] = happening.label[:64], happening.result[:64]
        return row

    def team(self, name: str) -> str:
        """Return the team that a person belongs to, '' when nobody has said."""
        if name not in self._teams:
            found = _team_of.first(self.connection, {"name": name})
            self._teams[name] = str(found["team"]) if found else ""
        return self._teams[name]
