"""Makes and mends the sealed index, off the path of messages; safe to run twice and by several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.search import SearchSegment
from storage.search.bigrams import normal, words_of
from storage.search.segment import Segment

_message, _segment = table_of(Message), table_of(SearchSegment)
# What the bot says stands in files; looked for is what people say.
SPOKEN = ("customer", "agent", "note")
FULL = 2_000
# On PostgreSQL a message with a lower id may be committed after one with a higher.
_SETTLED = timedelta(minutes=1)


@dataclass(frozen=True)
class Block:
    """A block of the index that is not written yet."""

    first_id: int
    last_id: int
    messages: int
    data: bytes


def last_indexed(connection: Connection) -> int:
    """Return the id of the last message that the index knows; 0 when there is no index yet."""
    return int(connection.execute(select(func.max(_segment.c.last_id))).scalar() or 0)


def next_block(connection: Connection, now: datetime, full: int = FULL) -> Block | None:
    """Return the next full block; None while what was said lately fills none."""
    after = last_indexed(connection)
    newest = (
        select(_message.c.id, _message.c.at)
        .where(_message.c.id > after, _message.c.author.in_(SPOKEN))
        .order_by(_message.c.id)
        .offset(full - 1)
        .limit(1)
    )
    row = connection.execute(newest).first()
    if row is None or row.at > now - _SETTLED:
        return None
    return _block(connection, after + 1, row.id)


def _block(connection: Connection, first: int, last: int) -> Block:
    query = select(_message.c.id, _message.c.body).where(*_between(first, last))
    rows = connection.execute(query.order_by(_message.c.id))
    texts = [(row.id, normal(words_of(row.body))) for row in rows]
    return Block(first, last, len(texts), Segment.of(texts).dump())


def _between(first: int, last: int) -> tuple[ColumnElement[bool], ...]:
    return (_message.c.id.between(first, last), _message.c.author.in_(SPOKEN))


def write(connection: Connection, block: Block, now: datetime) -> bool:
    """Add a block; False when another process was faster."""
    values = {"messages": block.messages, "made_at": now, "sealed": block.data}
    try:
        with connection.begin_nested():
            connection.execute(
                insert(_segment).values(first_id=block.first_id, last_id=block.last_id, **values)
            )
    except IntegrityError:
        return False
    return True


def shrunk(connection: Connection) -> list[int]:
    """Return the blocks with messages that have been erased since: they are made anew."""
    counted = (
        select(func.count())
        .where(
            _message.c.id.between(_segment.c.first_id, _segment.c.last_id),
            _message.c.author.in_(SPOKEN),
        )
        .scalar_subquery()
    )
    query = select(_segment.c.id).where(_segment.c.messages != counted)
    return list(connection.execute(query.order_by(_segment.c.id)).scalars())


def mend(connection: Connection, segment: int, now: datetime) -> None:
    """Make a block anew from what is there; what was erased leaves no trace in it."""
    found = select(_segment.c.first_id, _segment.c.last_id).where(_segment.c.id == segment)
    row = connection.execute(found).one()
    block = _block(connection, row.first_id, row.last_id)
    values = {"messages": block.messages, "made_at": now, "sealed": block.data}
    connection.execute(update(_segment).where(_segment.c.id == segment).values(**values))
