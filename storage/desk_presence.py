"""Who is at work in the staff group: written down there, since no page tells that they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.group_desk import DeskPresence
from storage.models.staff import StaffUser

_presence, _user = table_of(DeskPresence), table_of(StaffUser)


def note(connection: Connection, agent: str, until: datetime) -> None:
    """Count somebody as at work until a time; a time that has passed ends it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    made = dialect.insert(_presence).values(agent=agent, until=until)
    connection.execute(
        made.on_conflict_do_update(index_elements=["agent"], set_={"until": made.excluded.until})
    )


def at_work(connection: Connection, now: datetime) -> Sequence[str]:
    """Return who is at work in the group now; whose account is closed is not."""
    query = (
        select(_presence.c.agent)
        .join(_user, _user.c.name == _presence.c.agent)
        .where(_presence.c.until > now, _user.c.disabled_at.is_(None))
    )
    return connection.execute(query.order_by(_presence.c.agent)).scalars().all()
