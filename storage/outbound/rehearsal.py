"""What would happen: the real thing, with nobody to send to, and undone afterwards.

On SQLite on a copy of the database, which must not be held up; on PostgreSQL in a transaction
that is rolled back.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import Engine, RowMapping, create_engine, select

from storage.crypto import Cipher, bind
from storage.models.base import table_of
from storage.models.outbox import OutboxItem
from storage.outbound import words
from storage.outbound.facts import Known
from storage.outbound.judge import Verdict
from storage.outbound.letters import Configured
from storage.outbound.planning import Wave, plan_all
from storage.outbound.touches import Touches
from storage.rules.outbound import Rules
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

_item = table_of(OutboxItem)
_BATCH = 200
_Waiting = tuple[datetime, int, str]


@dataclass(frozen=True)
class Line:
    """One touch: to whom, about what, and what becomes of it."""

    key: str
    kind: str
    step: str
    subject: str
    who: str
    outcome: str
    way: str
    reason: str
    until: datetime | None = None
    text: str = ""
    due_at: datetime | None = None


def rehearse(
    ways: Transactions,
    cipher: Cipher,
    rules: Rules,
    configured: Configured,
    found: Sequence[Wave],
    now: datetime,
) -> list[Line]:
    """Return what each touch of some waves would come to if they were planned ``now``.

    Each is judged when it leaves: now, or once it is due, in that order; what the earlier ones of
    a customer use up counts for the later ones. What has to wait for the next minute leaves all
    the same, so that minutes are not counted. The core system, where it leads, is not asked: what
    it told last counts, else our own rows.
    """
    if configured.core:
        configured = replace(configured, core=replace(configured.core, rehearsing=True))
    rules = rules.model_copy(update={"minute_quota": {}})
    with _stage(ways.engine, cipher) as engine, engine.connect() as connection:
        transaction = connection.begin()
        try:
            return list(_played(UnitOfWork(connection), rules, configured, found, now))
        finally:
            transaction.rollback()


def _played(
    uow: UnitOfWork, rules: Rules, configured: Configured, found: Sequence[Wave], now: datetime
) -> Iterator[Line]:
    for wave in found:
        plan_all(uow, rules, wave, now)
    campaigns = sorted({wave.campaign for wave in found})
    for leaves, group in groupby(_in_order(uow, campaigns, now), key=_leaves):
        touches = Touches(uow, rules, configured, leaves)
        for ids in _batches(group):
            touches.lend(ids, "rehearsal")
            short = touches.short_of_quota(len(ids))
            # Near the end of a quota one by one, as the workers do: each takes off what is left.
            for part in [[item] for item in ids] if short else [ids]:
                judged = touches.judged(part, "rehearsal")
                touches.pretend([one for one in judged if one[2].outcome == "send"])
                yield from (_line(rules, configured, leaves, *one) for one in judged)


def _line(
    rules: Rules,
    configured: Configured,
    now: datetime,
    row: RowMapping,
    known: Known,
    verdict: Verdict,
) -> Line:
    made = words.words(known, row, now, configured.hotline)
    send = verdict.outcome == "send"
    return Line(
        row["dedupe_key"], row["kind"], row["step"] or "", row["subject"] or "",
        words.shown_name(known), verdict.outcome, verdict.way or "", verdict.reason,
        verdict.until,
        words.text(row, known, rules, made, now, neutral=verdict.neutral) if send else "",
        row["due_at"],
    )  # fmt: skip


def _leaves(one: _Waiting) -> datetime:
    return one[0]


def _in_order(uow: UnitOfWork, campaigns: Sequence[str], now: datetime) -> list[_Waiting]:
    """Return when each touch leaves, its number and its customer, in the order of leaving."""
    query = (
        select(_item.c.id, _item.c.peer, _item.c.due_at)
        .where(_item.c.campaign.in_(campaigns), _item.c.status == "planned")
        .order_by(_item.c.priority, _item.c.due_at, _item.c.id)
    )
    rows = uow.connection.execute(query).all()
    return sorted(((max(due_at, now), item, peer) for item, peer, due_at in rows), key=_leaves)


def _batches(waiting: Iterable[_Waiting]) -> Iterator[list[int]]:
    """Yield touches in their order; what one customer gets counts for the next touch, so that
    no batch holds two of one customer."""
    batch: dict[str, int] = {}
    for _, item, peer in waiting:
        if peer in batch or len(batch) == _BATCH:
            yield list(batch.values())
            batch = {}
        batch[peer] = item
    if batch:
        yield list(batch.values())


@contextmanager
def _stage(engine: Engine, cipher: Cipher) -> Iterator[Engine]:
    if engine.dialect.name != "sqlite":
        yield engine
        return
    with tempfile.TemporaryDirectory(prefix="anda-dry-") as folder:
        path = Path(folder) / "copy.db"
        _copy(engine, path)
        copy = create_engine(f"sqlite:///{path}")
        bind(copy, cipher)
        try:
            yield copy
        finally:
            copy.dispose()


def _copy(engine: Engine, path: Path) -> None:
    """Copy the database while it is in use."""
    source = engine.raw_connection()
    target = sqlite3.connect(path)
    try:
        raw = source.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.backup(target)
    finally:
        target.close()
        source.close()
