"""The audit chain: every read of personal data, every decision and edit, as links that hold.

A link carries the keyed hash of the row it stands for and of the link before it, so that a row
that is changed, removed or slipped in later shows. Links are added at the very end of a unit of
work, when the head of the chain is locked for a moment only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.log import mask
from storage.crypto import cipher_of
from storage.models.audit import AuditEntry, AuditHead
from storage.models.base import Base, table_of
from storage.models.case import CaseEvent
from storage.models.customer import AccessLog
from storage.prepared import Prepared

GENESIS: Final = "0" * 64
READ, STEP, ERASURE = "read", "step", "erasure"
# The tables whose every new row becomes a link: kind of link, and the column that names it.
WATCHED: Final[Mapping[type[Base], tuple[str, str]]] = {
    AccessLog: (READ, "what"),
    CaseEvent: (STEP, "case_number"),
}
_entry, _head = table_of(AuditEntry), table_of(AuditHead)
_LINK = tuple(column.key for column in _entry.c)
_add = Prepared(insert(_entry), _LINK)
_ONLY = {"the_head": 1}
_the_head = _head.c.id == bindparam("the_head")
_lock = Prepared(select(_head.c.seq, _head.c.hash).where(_the_head).with_for_update())
_move = Prepared(update(_head).where(_the_head).values(seq=bindparam("to"), hash=bindparam("last")))
_begin = {
    dialect.dialect.name: Prepared(
        dialect.insert(_head).on_conflict_do_nothing(), ("id", "seq", "hash")
    )
    for dialect in (postgresql, sqlite)
}


class Held(NamedTuple):
    """What is to become a link."""

    at: datetime
    actor: str
    kind: str
    subject: str
    source: str
    source_id: int
    detail: str
    content: bytes


def canonical(values: Mapping[str, Any]) -> bytes:
    """Return values in one way of writing, the same before and after the database."""
    plain = {key: _plain(value) for key, value in values.items()}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return orjson.loads(orjson.dumps(value)) if isinstance(value, dict | list | tuple) else value


def content_of(row: Base) -> bytes:
    """Return all that a row says, for its hash."""
    return canonical({column.key: getattr(row, column.key) for column in row.__table__.c})


def linked(link: Mapping[str, Any]) -> bytes:
    """Return what the hash of a link covers."""
    return canonical({key: link[key] for key in _LINK if key != "hash"})


class Audit:
    """The links of this unit of work."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._held: list[Held] = []

    def watch(self, session: Session) -> None:
        """Take note of every watched row that the session writes, whoever adds it."""

        @event.listens_for(session, "after_flush")
        def flushed(session: Session, _: object) -> None:
            for row in session.new:
                if type(row) in WATCHED:
                    self._hold(row)

    def _hold(self, row: Any) -> None:
        kind, names = WATCHED[type(row)]
        source = row.__tablename__
        # The chain is never rewritten, so no policy number may stand in it.
        said = str(getattr(row, names))
        subject = (mask(said) if kind == READ else said)[:255]
        self._held.append(
            Held(row.at, row.actor, kind, subject, source, row.id, "", content_of(row))
        )

    def note(self, at: datetime, actor: str, kind: str, subject: str, detail: Any) -> None:
        """Add a decision or edit that has no row of its own elsewhere; no personal data."""
        said = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
        self._held.append(Held(at, actor, kind, subject[:255], "", 0, said, said.encode()))

    def erased(self, at: datetime, actor: str, request: str, rows: Sequence[Base]) -> None:
        """Add that watched rows were emptied on a lawful request, and what they say now."""
        sign = cipher_of(self.connection).sign
        detail: dict[str, dict[str, str]] = {}
        for row in rows:
            digests = detail.setdefault(row.__tablename__, {})
            digests[str(getattr(row, "id"))] = sign(content_of(row))  # noqa: B009 - Base has no id
        self.note(at, actor, ERASURE, request, detail)

    def write(self) -> None:
        """Link what is held to the end of the chain."""
        if not self._held:
            return
        held, self._held = self._held, []
        cipher = cipher_of(self.connection)
        seq, last = self._locked_head()
        links = []
        for one in held:
            seq += 1
            link: dict[str, Any] = one._asdict()
            content = link.pop("content")
            link |= {
                "seq": seq,
                "digest": cipher.sign(content),
                "previous": last,
            }
            last = link["hash"] = cipher.sign(linked(link))
            links.append(link)
        _add.run(self.connection, *links)
        _move.run(self.connection, {**_ONLY, "to": seq, "last": last})

    def _locked_head(self) -> tuple[int, str]:
        found = _lock.first(self.connection, _ONLY)
        if found is None:
            start = {"id": 1, "seq": 0, "hash": GENESIS}
            _begin[self.connection.dialect.name].run(self.connection, start)
            found = _lock.first(self.connection, _ONLY)
        assert found is not None
        return int(found["seq"]), str(found["hash"])
