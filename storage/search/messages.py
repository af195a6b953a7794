"""Finds what people said: blocks of the sealed index, then the newest messages one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, select

from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.search import SearchSegment
from storage.search.bigrams import SHORTEST, codes, normal, terms, words_of
from storage.search.indexing import SPOKEN, last_indexed
from storage.search.segment import Segment

_message, _segment = table_of(Message), table_of(SearchSegment)
# What no block holds yet is opened one by one, at most so many; the job keeps it under a block.
_FRESH = 20_000
_BLOCKS = 16
_OPENED = 200
_AROUND = 18
# A pair that everybody uses is in every message: enough are opened to fill a page.
_MOST_OPENED = 4_000


@dataclass(frozen=True)
class Hit:
    """A conversation in which the words were said: the newest place, and how many were seen."""

    conversation_id: int
    seq: int
    author: str
    at: datetime
    snippet: str
    times: int


def find(connection: Connection, query: str, limit: int = 30) -> list[Hit]:
    """Return the conversations in which all words were said in one message, the newest first."""
    wanted = terms(query)
    if not any(len(word) >= SHORTEST for word in wanted):
        return []
    found: dict[int, Hit] = {}
    for row in _candidates(connection, wanted):
        plain = normal(words_of(row["body"]))
        if not all(word in plain for word in wanted):
            continue
        number = row["conversation_id"]
        if number in found:
            known = found[number]
            found[number] = Hit(**{**vars(known), "times": known.times + 1})
        elif len(found) == limit:
            break
        else:
            found[number] = _hit(row, wanted)
    return list(found.values())


def _hit(row: RowMapping, wanted: Sequence[str]) -> Hit:
    return Hit(
        row["conversation_id"],
        row["seq"],
        row["author"],
        row["at"],
        snippet(words_of(row["body"]), wanted),
        1,
    )


def snippet(text: str, wanted: Sequence[str]) -> str:
    """Return the words around the first hit."""
    line = " ".join(text.split())
    low = line.casefold()
    at = min((place for word in wanted if (place := low.find(word)) >= 0), default=0)
    begin, end = max(0, at - _AROUND), at + 2 * _AROUND
    return ("…" if begin else "") + line[begin:end] + ("…" if end < len(line) else "")


def _candidates(connection: Connection, wanted: Sequence[str]) -> Iterator[RowMapping]:
    """Yield messages that may hold the words, the newest first."""
    indexed = last_indexed(connection)
    fresh = _rows(_message.c.id > indexed, _message.c.author.in_(SPOKEN)).limit(_FRESH)
    yield from connection.execution_options(yield_per=500).execute(fresh).mappings()
    pairs = np.unique(np.concatenate([codes(word) for word in wanted]))
    batch: list[int] = []
    opened = 0
    for number in _indexed(connection, pairs):
        batch.append(number)
        if len(batch) == _OPENED:
            yield from _opened(connection, batch)
            opened, batch = opened + len(batch), []
            if opened >= _MOST_OPENED:
                return
    yield from _opened(connection, batch)


def _indexed(connection: Connection, pairs: Any) -> Iterator[int]:
    """Yield the ids of messages that hold all pairs, block by block."""
    before: int | None = None
    while True:
        query = select(_segment.c.first_id, _segment.c.sealed).order_by(_segment.c.first_id.desc())
        if before is not None:
            query = query.where(_segment.c.first_id < before)
        rows = connection.execute(query.limit(_BLOCKS)).all()
        if not rows:
            return
        for row in rows:
            yield from Segment.load(row.sealed).find(pairs)
        before = rows[-1].first_id


def _opened(connection: Connection, ids: Sequence[int]) -> list[RowMapping]:
    if not ids:
        return []
    return list(connection.execute(_rows(_message.c.id.in_(ids))).mappings())


def _rows(*where: Any) -> Any:
    columns = ("conversation_id", "seq", "author", "at", "body")
    query = select(*(_message.c[name] for name in columns)).where(*where)
    return query.order_by(_message.c.id.desc())
