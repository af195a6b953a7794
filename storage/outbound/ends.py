"""How touches end: settled, tried again, given back, or found on their way after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, text, update

from storage import notice_grants, surveys
from storage.ledger import Happening
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.outbox import OutboxItem
from storage.outbound.judge import Verdict
from storage.outbound.letters import Configured, Settled
from storage.outbound.meter import refund
from storage.rules.outbound import Rules
from storage.unit_of_work import UnitOfWork

_item, _conversation = table_of(OutboxItem), table_of(Conversation)
LOST = "发出时进程中断，结果不明；按规矩不再发，请人工核实"
_TELLING = (
    "id",
    "dedupe_key",
    "created_at",
    "conversation_id",
    "way",
    "channel",
    "kind",
    "provider_id",
)
_End = tuple[RowMapping, str, str, str]


class Ends:
    """The ends of touches in one transaction; never commits."""

    def __init__(self, uow: UnitOfWork, rules: Rules, world: Configured, now: datetime) -> None:
        self.uow = uow
        self.rules = rules
        self.configured = world
        self.now = now

    def settle(self, item: int, status: str, reason: str = "", provider_id: str = "") -> bool:
        """Write down how a touch ended, once."""
        return self.settle_all([Settled(item, status, reason, provider_id)]) == 1

    def settle_all(self, ends: Sequence[Settled]) -> int:
        """Write down how touches ended, each once; return how many were still open."""
        told = {end.item: end for end in ends}
        # Not the words: to decrypt them takes longer than all the rest.
        query = select(*(_item.c[name] for name in _TELLING)).where(
            _item.c.id.in_(told), _item.c.status.in_(("sending", "unknown"))
        )
        locked = query.order_by(_item.c.id).with_for_update()
        rows = self.uow.connection.execute(locked).mappings().all()
        self._end([(row, *told[row["id"]][1:]) for row in rows])
        return len(rows)

    def close_way(self, item: int, way: str, reason: str) -> None:
        """This way is shut for good: the next rung of the ladder is tried at once."""
        row = self._sending(item)
        if row is None:
            return
        tried = ",".join(sorted({*filter(None, row["tried"].split(",")), way}))
        self._back(row, self.now, f"{way}：{reason}", tried=tried, cost=0)

    def retry(self, item: int, after: timedelta, reason: str, *, called: bool = True) -> None:
        """It certainly did not leave: try again by the table, three times, then a person.

        What was not even ``called`` gives its share of the day's quota back.
        """
        row = self._sending(item)
        if row is None:
            return
        if not called:
            refund(self.uow, str(row["way"]), row["sent_at"])
        if row["way"] == "notice":
            # What did not leave has used up no consent.
            template = self.rules.kinds[row["kind"]].template
            notice_grants.spend(self.uow, row["conversation_id"], template, -1)
        minutes = self.rules.retry_minutes
        if row["attempts"] > len(minutes):
            self.close_way(item, str(row["way"]), f"试了 {row['attempts']} 次：{reason}")
            return
        pause = timedelta(minutes=minutes[row["attempts"] - 1])
        self._back(row, self.now + max(after, pause), reason, cost=0)

    def _sending(self, item: int) -> RowMapping | None:
        query = select(_item).where(_item.c.id == item, _item.c.status == "sending")
        return self.uow.connection.execute(query.with_for_update()).mappings().first()

    def sweep(self) -> int:
        """Find what was on its way when a worker died: unknown, or again where that is better."""
        query = select(_item).where(
            _item.c.status == "sending", _item.c.lease_until < self.now,
            _item.c.kind.in_(sorted(self.rules.kinds)),
        )  # fmt: skip
        locked = query.limit(200).with_for_update(skip_locked=True)
        rows = self.uow.connection.execute(locked).mappings().all()
        for row in rows:
            # A ticket has a key of its own: opening it again opens nothing.
            if self.rules.kinds[row["kind"]].repeat or row["way"] == "task":
                self._back(row, self.now, "结果不明，这一类允许重发")
            else:
                self._end([(row, "unknown", LOST, "")])
        return len(rows)

    def finished(self, peer: str, provider_id: str, outcome: str) -> bool:
        """The platform tells how a template message ended (its send-finish event)."""
        query = select(_item).where(
            _item.c.provider_id == provider_id,
            # In the words of the index: a day of reminders brings a hundred thousand events.
            text("provider_id <> ''"),
            _item.c.status.in_(("sent", "unknown")),
        )
        row = (
            self.uow.connection.execute(query.limit(1)).mappings().first() if provider_id else None
        )
        row = row or self._lost_one(peer)
        if row is None:
            return False
        if outcome == "success":
            self._end([(row, "delivered", "", provider_id)])
        else:
            self._end([(row, "undeliverable", f"平台回报：{outcome}", provider_id)])
        return True

    def _lost_one(self, peer: str) -> RowMapping | None:
        """A template whose answer never came has no id of the platform: the oldest one it is."""
        query = (
            select(_item)
            .join(_conversation, _conversation.c.id == _item.c.conversation_id)
            .where(
                _conversation.c.peer == peer,
                _item.c.status == "unknown",
                _item.c.way.in_(("template", "notice")),
                _item.c.sent_at > self.now - timedelta(days=1),
            )
            .order_by(_item.c.sent_at)
            .limit(1)
        )
        return self.uow.connection.execute(query).mappings().first()

    def _wait(self, waiting: Sequence[tuple[RowMapping, Verdict]]) -> None:
        soon = self.now + timedelta(seconds=1)
        self._write(
            [
                {"item": row["id"], "new_due_at": max(verdict.until or soon, soon),
                 "new_reason": verdict.reason[:255]}
                for row, verdict in waiting
            ]
        )  # fmt: skip

    def _back(self, row: RowMapping, due_at: datetime, reason: str, **more: Any) -> None:
        self._set(
            _item.c.id == row["id"], status="planned", lease_by=None, lease_until=None,
            due_at=due_at, reason=reason[:255], **more,
        )  # fmt: skip

    def _end(self, ended: Sequence[_End]) -> None:
        self._write(
            [
                {"item": row["id"], "new_status": status, "new_reason": reason[:255],
                 "new_provider_id": provider_id[:128] or row["provider_id"]}
                for row, status, reason, provider_id in ended
            ]
        )  # fmt: skip
        for row, status, reason, _ in ended:
            waited = max(0, int((self.now - row["created_at"]).total_seconds() * 1000))
            self.uow.ledger.add(
                Happening(
                    "outbox", self.now, row["conversation_id"], None, "system", "",
                    row["way"] or row["channel"], row["kind"], status, waited,
                )
            )  # fmt: skip
            if row["kind"] == surveys.KIND:
                surveys.ended(self.uow, row["dedupe_key"], status, reason, self.now)

    def _write(self, changes: Sequence[dict[str, Any]]) -> None:
        """Change rows that are let go, all in the same columns."""
        if not changes:
            return
        names = [name for name in changes[0] if name != "item"]
        values: dict[str, Any] = {name.removeprefix("new_"): bindparam(name) for name in names}
        statement = (
            update(_item)
            .where(_item.c.id == bindparam("item"))
            .values(lease_by=None, lease_until=None, **values)
        )
        self.uow.connection.execute(statement, list(changes))

    def _set(self, where: Any, **values: Any) -> None:
        self.uow.connection.execute(update(_item).where(where).values(**values))
