"""Walk the audit chain and name the first link that does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bot.errors import ConfigurationError
from storage.audit import ERASURE, GENESIS, WATCHED, content_of, linked
from storage.crypto import Cipher, cipher_of
from storage.models.audit import AuditEntry, AuditHead
from storage.models.base import Base, table_of

_entry, _head = table_of(AuditEntry), table_of(AuditHead)
_BATCH = 500
_TABLES: Mapping[str, type[Base]] = {model.__tablename__: model for model in WATCHED}


@dataclass(frozen=True)
class Verdict:
    """How far the chain holds; ``broken`` says which link does not, and why."""

    links: int
    head: str
    broken: str = ""

    @property
    def whole(self) -> bool:
        """Tell whether every link holds."""
        return not self.broken


def verify(connection: Connection, expected: str = "") -> Verdict:
    """Check every link, the rows they stand for, and that no row is without a link.

    ``expected`` is a head that was written down elsewhere: it must be in the chain.
    """
    cipher = cipher_of(connection)
    last, seq, met = GENESIS, 0, not expected
    erased = _erased(connection)
    for batch in _batches(connection):
        rows = _rows(connection, batch)
        for link in batch:
            if wrong := _wrong(cipher, link, (seq + 1, last), rows, erased):
                return Verdict(seq, last, f"审计链第 {seq + 1} 行：{wrong}")
            seq, last = link["seq"], link["hash"]
            met = met or last == expected
    return Verdict(seq, last, _end(connection, seq, last, met=met) or _unlinked(connection))


def _erased(connection: Connection) -> dict[tuple[str, int], str]:
    """Return what rows say since they were emptied on a lawful request: the last digest counts.

    Such a link is part of the chain like any other, so it holds only if nobody slipped it in.
    """
    query = select(_entry.c.detail).where(_entry.c.kind == ERASURE, _entry.c.source == "")
    found: dict[tuple[str, int], str] = {}
    for detail in connection.execute(query.order_by(_entry.c.seq)).scalars():
        for source, digests in json.loads(detail).items():
            found |= {(source, int(row)): digest for row, digest in digests.items()}
    return found


def _batches(connection: Connection) -> Iterator[list[Mapping[str, Any]]]:
    after = 0
    while True:
        query = select(_entry).where(_entry.c.seq > after).order_by(_entry.c.seq).limit(_BATCH)
        batch: list[Mapping[str, Any]] = [dict(r) for r in connection.execute(query).mappings()]
        if not batch:
            return
        yield batch
        after = batch[-1]["seq"]


def _rows(
    connection: Connection, batch: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, int], bytes | None]:
    """Return what the rows behind some links say now; None for one that cannot be read."""
    found: dict[tuple[str, int], bytes | None] = {}
    for source, model in _TABLES.items():
        ids = [link["source_id"] for link in batch if link["source"] == source]
        for row_id, content in _contents(connection, model, ids):
            found[source, row_id] = content
    return found


def _contents(
    connection: Connection, model: type[Base], ids: Sequence[int]
) -> Iterator[tuple[int, bytes | None]]:
    key = table_of(model).c.id
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        try:
            rows = session.scalars(select(model).where(key.in_(ids))).all() if ids else []
            # Every table of the chain has a number of its own; the base class does not say so.
            yield from ((row.id, content_of(row)) for row in rows)  # type: ignore[attr-defined]
        except (ConfigurationError, ValueError):
            # One of them is damaged so that it does not decrypt: look at each by itself.
            if len(ids) == 1:
                yield ids[0], None
                return
            half = len(ids) // 2
            yield from _contents(connection, model, ids[:half])
            yield from _contents(connection, model, ids[half:])


def _wrong(
    cipher: Cipher,
    link: Mapping[str, Any],
    place_in_chain: tuple[int, str],
    rows: Mapping[tuple[str, int], bytes | None],
    erased: Mapping[tuple[str, int], str],
) -> str:
    """Return what is wrong with a link, '' when nothing is."""
    seq, last = place_in_chain
    if link["seq"] != seq:
        return f"缺失，下一行是第 {link['seq']} 行"
    if link["previous"] != last or link["hash"] != cipher.sign(linked(link)):
        return "内容或前后衔接被改过"
    if not link["source"]:
        whole = link["digest"] == cipher.sign(link["detail"].encode())
        return "" if whole else "记录的内容被改过"
    place = (link["source"], link["source_id"])
    if place not in rows:
        return f"它所记的 {place[0]} 第 {place[1]} 行不见了"
    content = rows[place]
    if content is None or cipher.sign(content) not in (link["digest"], erased.get(place)):
        return f"它所记的 {place[0]} 第 {place[1]} 行被改过"
    return ""


def _end(connection: Connection, seq: int, last: str, *, met: bool) -> str:
    head = connection.execute(select(_head.c.seq, _head.c.hash)).first()
    if head is not None and (head.seq, head.hash) != (seq, last):
        return f"审计链第 {seq + 1} 行：缺失，链尾应在第 {head.seq} 行"
    return "" if met else "留存的链尾不在链里：链被整段换过"


def _unlinked(connection: Connection) -> str:
    """Name the first watched row, since the chain began, that has no link."""
    for source, model in _TABLES.items():
        table = table_of(model)
        links = select(_entry.c.source_id).where(_entry.c.source == source)
        first = connection.execute(links.order_by(_entry.c.source_id).limit(1)).scalar()
        if first is None:
            continue
        query = select(table.c.id).where(table.c.id > first, table.c.id.not_in(links))
        row = connection.execute(query.order_by(table.c.id).limit(1)).scalar()
        if row is not None:
            return f"{source} 第 {row} 行没有入链：是绕过程序写进去的"
    return ""
