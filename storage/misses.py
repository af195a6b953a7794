"""The pool of questions that were not answered well, and their clusters; never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, case, func, insert, select, update

from bot.errors import Refused
from storage.models.base import table_of
from storage.models.knowledge import KbCluster, KbMiss

MissKind = Literal["unanswered", "offered", "unsolved"]
ClusterState = Literal["open", "taken", "done", "ignored"]
_miss, _cluster = table_of(KbMiss), table_of(KbCluster)
_LOCK = 20_261_123
_add_miss = insert(_miss)


@dataclass(frozen=True)
class Miss:
    """One question of the pool."""

    id: int
    kind: str
    text: str
    entry: str
    score: float
    at: datetime


@dataclass(frozen=True)
class Cluster:
    """Questions that mean the same, with how often and when last."""

    id: int
    leader: str
    state: str
    owner: str | None
    entry: str
    count: int
    kinds: Mapping[str, int]
    last_at: datetime


class Misses:
    """What customers asked in vain."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def note(
        self, conversation: int, kind: str, text: str, trace: Mapping[str, Any], at: datetime
    ) -> None:
        """Put a question into the pool: one statement, it is part of a customer's turn."""
        self.connection.execute(
            _add_miss,
            {
                "conversation_id": conversation,
                "cluster_id": None,
                "kind": kind,
                "text": text,
                "entry": str(trace.get("entry", "")),
                "score": float(trace.get("score", 0.0)),
                "trace": dict(trace),
                "at": at,
            },
        )

    def lock(self) -> None:
        """Let one process cluster at a time; SQLite has only one writer anyway."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))

    def unclustered(self, limit: int) -> list[Miss]:
        """Return what no cluster holds yet, oldest first."""
        return self._misses(_miss.c.cluster_id.is_(None), limit)

    def of(self, cluster: int, limit: int) -> list[Miss]:
        """Return the questions of a cluster, oldest first."""
        return self._misses(_miss.c.cluster_id == cluster, limit)

    def _misses(self, where: Any, limit: int) -> list[Miss]:
        columns = (_miss.c.id, _miss.c.kind, _miss.c.text, _miss.c.entry, _miss.c.score, _miss.c.at)
        query = select(*columns).where(where).order_by(_miss.c.id).limit(limit)
        return [Miss(*row) for row in self.connection.execute(query)]

    def leaders(self) -> dict[int, str]:
        """Return the leader of every cluster by its id."""
        rows = self.connection.execute(select(_cluster.c.id, _cluster.c.leader))
        return {row.id: row.leader for row in rows}

    def found(self, leader: str, now: datetime) -> int:
        """Begin a cluster and return its id."""
        values = {"leader": leader, "state": "open", "owner": None, "entry": ""}
        done = self.connection.execute(
            insert(_cluster).values(**values, created_at=now, updated_at=now)
        )
        key = done.inserted_primary_key
        assert key is not None
        return int(key[0])

    def assign(self, members: Mapping[int, int], now: datetime) -> None:
        """Put misses into clusters (miss → cluster); what was done and comes again is open."""
        for miss, cluster in members.items():
            self.connection.execute(
                update(_miss).where(_miss.c.id == miss).values(cluster_id=cluster)
            )
        for cluster in set(members.values()):
            self.connection.execute(
                update(_cluster)
                .where(_cluster.c.id == cluster, _cluster.c.state == "done")
                .values(state="open", updated_at=now)
            )

    def clusters(self, states: Sequence[str], limit: int, only: int | None = None) -> list[Cluster]:
        """Return clusters in these states, the most frequent first."""
        counts = [
            func.sum(case((_miss.c.kind == kind, 1), else_=0)).label(kind)
            for kind in ("unanswered", "offered", "unsolved")
        ]
        count = func.count(_miss.c.id).label("size")
        last = func.max(_miss.c.at).label("last_at")
        query = (
            select(_cluster, count, last, *counts)
            .join(_miss, _miss.c.cluster_id == _cluster.c.id)
            .where(_cluster.c.state.in_(states))
            .group_by(*_cluster.c)
            .order_by(count.desc(), _cluster.c.id)
            .limit(limit)
        )
        if only is not None:
            query = query.where(_cluster.c.id == only)
        return [
            Cluster(
                row.id,
                row.leader,
                row.state,
                row.owner,
                row.entry,
                row.size,
                {"unanswered": row.unanswered, "offered": row.offered, "unsolved": row.unsolved},
                row.last_at,
            )
            for row in self.connection.execute(query)
        ]

    def cluster(self, number: int) -> Cluster:
        """Return one cluster; Refused when there is none."""
        everything = ("open", "taken", "done", "ignored")
        if found := self.clusters(everything, 1, number):
            return found[0]
        raise Refused(f"没有第 {number} 组问题，anda kb misses 可以查看全部")

    def set_state(
        self, number: int, state: ClusterState, owner: str | None, now: datetime, entry: str = ""
    ) -> None:
        """Say who works on a cluster and how far; ``entry`` is what came of it."""
        values: dict[str, Any] = {"state": state, "owner": owner, "updated_at": now}
        if entry:
            values["entry"] = entry
        self.connection.execute(update(_cluster).where(_cluster.c.id == number).values(**values))
