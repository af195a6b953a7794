"""What the robots have to tell, and what they have told; never commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from storage.models.base import table_of
from storage.models.case import Claim, Complaint, Handoff
from storage.models.episode import ConsoleEvent
from storage.models.group_desk import RobotNote
from storage.models.outbox import OutboxItem
from storage.rules import complaint_states

_note, _item, _event = table_of(RobotNote), table_of(OutboxItem), table_of(ConsoleEvent)
_handoff, _claim, _complaint = table_of(Handoff), table_of(Claim), table_of(Complaint)
# After a longer silence of ours what waits is told by the console, not by a flood.
_LOOK_BACK = timedelta(hours=12)
_MANY = 200


@dataclass(frozen=True)
class Occasion:
    """Something a group may want to hear: ``about`` is the number of a case or a conversation."""

    event: str
    key: str
    about: str
    row: Mapping[str, Any]


class RobotNotes:
    """All notes of all robots."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def occasions(self, now: datetime) -> Iterator[Occasion]:
        """Yield what happened lately and is still so."""
        since = now - _LOOK_BACK
        yield from self._handoffs(since)
        yield from self._alarms(since)
        yield from self._urgent_claims(since)
        yield from self._late_complaints(now)

    def _handoffs(self, since: datetime) -> Iterator[Occasion]:
        columns = (
            _handoff.c.number,
            _handoff.c.level,
            _handoff.c.skill,
            _handoff.c.conversation_id,
        )
        query = select(*columns).where(_handoff.c.status == "open", _handoff.c.opened_at > since)
        for row in self._rows(query):
            key = f"handoff:{row['number']}:{row['level']}"
            yield Occasion("handoff", key, str(row["conversation_id"]), row)

    def _alarms(self, since: datetime) -> Iterator[Occasion]:
        query = select(_event.c.id, _event.c.data, _event.c.conversation_id).where(
            _event.c.kind == "alarm", _event.c.at > since
        )
        for row in self._rows(query):
            yield Occasion("alarm", f"alarm:{row['id']}", str(row["conversation_id"] or ""), row)

    def _urgent_claims(self, since: datetime) -> Iterator[Occasion]:
        query = select(_claim.c.number).where(
            _claim.c.severity == "P0", _claim.c.reported_at > since
        )
        for row in self._rows(query):
            yield Occasion("claim_p0", f"claim:{row['number']}", row["number"], row)

    def _late_complaints(self, now: datetime) -> Iterator[Occasion]:
        """Each step up the ladder is said again."""
        columns = (_complaint.c.number, _complaint.c.rung, _complaint.c.due_at)
        query = select(*columns).where(
            _complaint.c.status.not_in(complaint_states.machine().over),
            _complaint.c.due_at < now,
        )
        for row in self._rows(query):
            key = f"late:{row['number']}:{row['rung'] or 0}"
            yield Occasion("complaint_late", key, row["number"], row)

    def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        return [dict(row) for row in self.connection.execute(query.limit(_MANY)).mappings()]

    def unknown(self, robot: str, keys: Sequence[str]) -> set[str]:
        """Return those keys that a robot has no note of."""
        query = select(_note.c.key).where(_note.c.robot == robot, _note.c.key.in_(keys))
        return set(keys) - set(self.connection.execute(query).scalars())

    def add(self, robot: str, occasion: Occasion, text: str, now: datetime) -> None:
        """Write down what a robot has to tell."""
        self.connection.execute(
            insert(_note).values(
                robot=robot, key=occasion.key, event=occasion.event, about=occasion.about[:64],
                text=text[:255], item=None, at=now,
            )
        )  # fmt: skip

    def untold(self, robot: str) -> Sequence[RowMapping]:
        """Return what a robot has still to tell, oldest first."""
        query = select(_note).where(_note.c.robot == robot, _note.c.item.is_(None))
        return list(self.connection.execute(query.order_by(_note.c.id).limit(_MANY)).mappings())

    def under_way(self, channel: str, robot: str) -> bool:
        """Tell whether a post of this robot has not left yet: what comes now is merged."""
        query = select(_item.c.id).where(
            _item.c.peer == robot, _item.c.status == "due", _item.c.channel == channel
        )
        return self.connection.execute(query.limit(1)).first() is not None

    def told(self, ids: Sequence[int], item: str) -> None:
        """Note the post that these went into; '' for what needed no telling any more."""
        self.connection.execute(update(_note).where(_note.c.id.in_(ids)).values(item=item))

    def still_waiting(self, keys: Sequence[str]) -> set[str]:
        """Return the numbers of those requests that nobody has taken yet."""
        query = select(_handoff.c.number).where(
            _handoff.c.number.in_(keys), _handoff.c.status == "open"
        )
        return set(self.connection.execute(query).scalars())
