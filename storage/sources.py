"""Scenes (branch, agent, partner) and the customers who came by them; never commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.source import Arrival, Scene

_scene = table_of(Scene)
_arrival = table_of(Arrival)


class Sources:
    """All scenes and arrivals."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def arrived(self, conversation_id: int, scene: str, event: str, now: datetime) -> None:
        """Write down that a customer came by a scene."""
        values = {"conversation_id": conversation_id, "scene": scene[:64], "event": event}
        self.connection.execute(insert(_arrival).values(**values, at=now))

    def save_scene(
        self, scene: str, kind: str, name: str, url: str, expires_at: datetime | None, now: datetime
    ) -> None:
        """Name a scene, or give it another name, code and end."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        told = {"kind": kind, "name": name, "url": url, "expires_at": expires_at}
        new = dialect.insert(_scene).values(scene=scene, created_at=now, **told)
        self.connection.execute(new.on_conflict_do_update(index_elements=["scene"], set_=told))

    def source_of(self, conversation_id: int) -> RowMapping | None:
        """Return the scene by which a customer first came: its code, kind and name."""
        query = (
            select(_arrival.c.scene, _arrival.c.at, _scene.c.kind, _scene.c.name)
            .outerjoin(_scene, _scene.c.scene == _arrival.c.scene)
            .where(_arrival.c.conversation_id == conversation_id)
            .order_by(_arrival.c.id)
            .limit(1)
        )
        return self.connection.execute(query).mappings().first()

    def counts(self) -> Sequence[RowMapping]:
        """Return every named scene with how often it was followed or scanned, and by how many."""
        came = _arrival.c.event
        query = (
            select(
                _scene,
                func.count(_arrival.c.id).filter(came == "subscribe").label("followed"),
                func.count(_arrival.c.id).filter(came == "scan").label("scanned"),
                func.count(func.distinct(_arrival.c.conversation_id)).label("customers"),
            )
            .outerjoin(_arrival, _arrival.c.scene == _scene.c.scene)
            .group_by(*_scene.c)
            .order_by(_scene.c.kind, _scene.c.scene)
        )
        return self.connection.execute(query).mappings().all()
