"""Supervisors who speak along with an agent, for as long as the agent has the floor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.desk import ConversationGuest

_guest = table_of(ConversationGuest)


class Guests:
    """Who speaks along where; never commits."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def here(self, conversation: int, owner_rev: int) -> list[str]:
        """Return who speaks along now."""
        query = select(_guest.c.agent).where(
            _guest.c.conversation_id == conversation,
            _guest.c.owner_rev == owner_rev,
            _guest.c.left_at.is_(None),
        )
        return list(self.connection.execute(query.order_by(_guest.c.id)).scalars())

    def join(self, conversation: int, owner_rev: int, agent: str, now: datetime) -> bool:
        """Let somebody speak along; False when they do already."""
        if agent in self.here(conversation, owner_rev):
            return False
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        values = {"conversation_id": conversation, "agent": agent, "owner_rev": owner_rev}
        self.connection.execute(
            dialect.insert(_guest)
            .values(**values, at=now)
            .on_conflict_do_update(index_elements=[*values], set_={"left_at": None})
        )
        return True

    def leave(self, conversation: int, agent: str, now: datetime) -> bool:
        """End it; False when nobody was there."""
        done = self.connection.execute(
            update(_guest)
            .where(
                _guest.c.conversation_id == conversation,
                _guest.c.agent == agent,
                _guest.c.left_at.is_(None),
            )
            .values(left_at=now)
        )
        return done.rowcount > 0
