"""The outbox: everything that leaves us or must be fetched, as rows written with their cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, case, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.ledger import Happening, Ledger
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.outbox import Media, OutboxItem
from storage.ownership import Ownership
from storage.rules.outbound import priority_of

_item = table_of(OutboxItem)
_media = table_of(Media)
_conversation = table_of(Conversation)
STALE = "没有发出：之后有工作人员接手了会话"
# A process died while it sent this: nobody knows whether it arrived.
AGAIN = "上次发送时程序中断，不知道送到没有，又发了一次"
# What was said at the desk, and how its keys begin.
_TALK, _DESK = ("reply", "recall"), ("said:", "recall:")
_PLANNED_ANEW = ("channel", "account", "peer", "body", "status", "reason", "due_at")


@dataclass(frozen=True)
class Leased:
    """An item that this process may deliver until its lease runs out."""

    id: int
    kind: str
    channel: str
    account: str
    peer: str
    body: Mapping[str, Any]
    attempts: int

    @classmethod
    def of(cls, row: RowMapping) -> Leased:
        """Build from a row of the table."""
        names = ("id", "kind", "channel", "account", "peer", "body", "attempts")
        return cls(**{name: row[name] for name in names})


class Outbox:
    """All items; never commits."""

    def __init__(self, connection: Connection, ledger: Ledger) -> None:
        self.connection = connection
        self.ledger = ledger
        self.added = 0

    def queue(  # noqa: PLR0913 - every part of an item is named where it is queued
        self,
        *,
        dedupe_key: str,
        kind: str,
        channel: str,
        account: str,
        peer: str,
        body: Mapping[str, Any],
        due_at: datetime,
        now: datetime,
        conversation_id: int | None = None,
        owner_rev: int | None = None,
        status: str = "due",
    ) -> bool:
        """Add an item unless one with this key exists; tell whether it was added.

        A ``planned`` item is not delivered before somebody makes it due; one with ``owner_rev``
        is not delivered any more once a person has taken the floor after that revision.
        """
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        values = {
            "dedupe_key": dedupe_key,
            "kind": kind,
            "channel": channel,
            "account": account,
            "peer": peer,
            "body": dict(body),
            "conversation_id": conversation_id,
            "owner_rev": owner_rev,
            "status": status,
            "reason": "",
            "provider_id": "",
            "attempts": 0,
            "created_at": now,
            "due_at": due_at,
        }
        if status == "planned":
            values["priority"] = priority_of(kind)
        added = self.connection.execute(
            dialect.insert(_item)
            .values(values)
            .on_conflict_do_nothing(index_elements=["dedupe_key"])
            .returning(_item.c.id)
        )
        new = added.first() is not None
        self.added += new and status == "due"
        return new

    def plan(  # noqa: PLR0913 - every part of an item is named where it is planned
        self,
        *,
        dedupe_key: str,
        kind: str,
        channel: str,
        account: str,
        peer: str,
        body: Mapping[str, Any],
        due_at: datetime,
        now: datetime,
        conversation_id: int | None = None,
    ) -> None:
        """Plan an item, or what it says and when where it is planned or was taken back."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(_item).values(
            dedupe_key=dedupe_key, kind=kind, channel=channel, account=account, peer=peer,
            body=dict(body), conversation_id=conversation_id, status="planned", reason="",
            provider_id="", attempts=0, created_at=now, due_at=due_at,
            priority=priority_of(kind),
        )  # fmt: skip
        fresh = {name: insert.excluded[name] for name in _PLANNED_ANEW}
        self.connection.execute(
            insert.on_conflict_do_update(
                index_elements=["dedupe_key"],
                set_=fresh,
                where=_item.c.status.in_(("planned", "suppressed")),
            )
        )

    def newest(self) -> int:
        """Return the number of the newest item, 0 where there is none."""
        return self.connection.execute(select(func.max(_item.c.id))).scalar() or 0

    def lease(
        self, worker: str, now: datetime, seconds: int, limit: int, newer_than: int = 0
    ) -> list[Leased]:
        """Take up to ``limit`` due items, oldest first; one at a time for each customer.

        What a dead worker may have sent is marked for good: it may arrive a second time.
        """
        free = or_(_item.c.lease_until.is_(None), _item.c.lease_until < now)
        earlier = _item.alias("earlier")
        first = (
            select(func.min(earlier.c.id))
            .where(
                # In the words of the index that holds just these.
                text("earlier.status = 'due'"),
                earlier.c.channel == _item.c.channel,
                earlier.c.account == _item.c.account,
                earlier.c.peer == _item.c.peer,
                earlier.c.kind == _item.c.kind,
                # What is planned for later holds nobody up; what is being retried does.
                or_(earlier.c.due_at <= now, earlier.c.attempts > 0),
            )
            .scalar_subquery()
        )
        due = (
            select(_item.c.id)
            .where(_item.c.status == "due", _item.c.due_at <= now, free, _item.c.id == first)
            .where(_item.c.id > newer_than)
            .order_by(_item.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found = ids = list(self.connection.execute(due).scalars())
        while found and not (ids := self._without_stale(found)):
            found = list(self.connection.execute(due).scalars())
        if not ids:
            return []
        self.connection.execute(
            update(_item)
            .where(_item.c.id.in_(ids))
            .values(
                reason=case((_item.c.lease_by.is_not(None), AGAIN), else_=_item.c.reason),
                lease_by=worker,
                lease_until=now + timedelta(seconds=seconds),
                attempts=_item.c.attempts + 1,
            )
        )
        rows = self.connection.execute(
            select(_item).where(_item.c.id.in_(ids)).order_by(_item.c.due_at, _item.c.id)
        )
        return [Leased.of(row) for row in rows.mappings()]

    def _without_stale(self, ids: list[int]) -> list[int]:
        """Keep back what was computed before a person took the floor."""
        passed = (
            select(_item.c.id)
            .join(_conversation, _conversation.c.id == _item.c.conversation_id)
            .where(_item.c.id.in_(ids), _item.c.owner_rev < _conversation.c.fence_rev)
        )
        stale = set(self.connection.execute(passed).scalars())
        if stale:
            self.connection.execute(
                update(_item).where(_item.c.id.in_(stale)).values(status="suppressed", reason=STALE)
            )
        return [item for item in ids if item not in stale]

    def settle(
        self,
        item: int,
        worker: str,
        status: str,
        reason: str = "",
        provider_id: str = "",
        *,
        now: datetime | None = None,
    ) -> bool:
        """Write down how a delivery ended; False when the lease was lost meanwhile.

        With ``now`` the ledger hears of it too.
        """
        kept = case((_item.c.reason == AGAIN, AGAIN), else_="")
        settled = self._finish(
            item, worker, status=status, reason=reason[:255] or kept, provider_id=provider_id[:128]
        )
        if settled and now is not None:
            self._tell(item, status, now)
        return settled

    def _tell(self, item: int, status: str, now: datetime) -> None:
        columns = (_item.c.kind, _item.c.channel, _item.c.conversation_id, _item.c.created_at)
        query = select(*columns, _item.c.dedupe_key).where(_item.c.id == item)
        row = self.connection.execute(query).one()
        if row.kind in _TALK and (row.dedupe_key.startswith(_DESK) or status != "sent"):
            # Whoever has the conversation open sees how it ended without asking.
            Ownership(self.connection).tell("fate", row.conversation_id, None, now)
        waited = int((now - row.created_at).total_seconds() * 1000)
        self.ledger.add(
            Happening(
                "outbox", now, row.conversation_id, None, "system", "", row.channel, row.kind,
                status, waited,
            )
        )  # fmt: skip

    def renew(self, items: Sequence[int], worker: str, until: datetime) -> None:
        """Keep items that are still being delivered."""
        self.connection.execute(
            update(_item)
            .where(_item.c.id.in_(items), _item.c.lease_by == worker)
            .values(lease_until=until)
        )

    def postpone(self, item: int, worker: str, due_at: datetime, reason: str) -> bool:
        """Try again at ``due_at``."""
        return self._finish(item, worker, due_at=due_at, reason=reason[:255])

    def _finish(self, item: int, worker: str, **values: Any) -> bool:
        done = self.connection.execute(
            update(_item)
            .where(_item.c.id == item, _item.c.lease_by == worker)
            .values(lease_by=None, lease_until=None, **values)
        )
        return done.rowcount == 1

    def drop_for(self, conversation_id: int, reason: str) -> None:
        """Give up what is due to a conversation whose customer cannot be reached."""
        self.connection.execute(
            update(_item)
            .where(_item.c.conversation_id == conversation_id, _item.c.status == "due")
            .values(status="undeliverable", reason=reason)
        )

    def suppress(self, keys: Sequence[str], reason: str) -> int:
        """Take back what was planned under these keys and has not left; return how many."""
        done = self.connection.execute(
            update(_item)
            .where(_item.c.dedupe_key.in_(keys), _item.c.status.in_(("planned", "due")))
            .values(status="suppressed", reason=reason[:255])
        )
        return done.rowcount
