"""What can still be done about a message that an agent has sent: recall it, or try again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select, update

from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.outbox import OutboxItem

_message, _item = table_of(Message), table_of(OutboxItem)
WITHDRAWN = "坐席撤回，没有发出"
RETRYABLE = ("failed", "undeliverable", "unknown")
NO_ALLOWANCE = "没有发：客户不在 48 小时窗口，或这次互动的条数已用完"
_RECENT = 60
# What WeChat itself says of the same.
_FULL = ("45047", "45015")


def is_kept(status: str, reason: str) -> bool:
    """Tell whether a delivery only waits for the customer to speak again."""
    return status == "undeliverable" and (reason == NO_ALLOWANCE or reason.startswith(_FULL))


class AfterSending:
    """Messages of the desk and their deliveries; never commits."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def message(self, conversation: int, seq: int) -> RowMapping | None:
        """Return a message."""
        query = select(_message).where(
            _message.c.conversation_id == conversation, _message.c.seq == seq
        )
        return self.connection.execute(query).mappings().first()

    def item(self, conversation: int, seq: int) -> RowMapping | None:
        """Return the delivery of what was said at the desk."""
        query = select(_item).where(_item.c.dedupe_key == f"said:{conversation}:{seq}")
        return self.connection.execute(query).mappings().first()

    def kept(self, conversation: int) -> list[int]:
        """Return the deliveries of agents' words that wait for the customer, oldest first."""
        query = select(_item.c.id, _item.c.dedupe_key, _item.c.status, _item.c.reason).where(
            _item.c.conversation_id == conversation, _item.c.status == "undeliverable"
        )
        found = [
            row
            for row in self.connection.execute(query.order_by(_item.c.id))
            if is_kept(row.status, row.reason)
        ]
        keys = {f"said:{conversation}:{row.seq}" for row in self._agents(conversation)}
        return [row.id for row in found if row.dedupe_key in keys]

    def _agents(self, conversation: int) -> Sequence[Any]:
        query = select(_message.c.seq, _message.c.body).where(
            _message.c.conversation_id == conversation, _message.c.author == "agent"
        )
        rows = self.connection.execute(query.order_by(_message.c.seq.desc()).limit(_RECENT))
        return [row for row in rows if not row.body.get("recalled")]

    def mark(self, message: int, body: Mapping[str, Any]) -> None:
        """Change what a message says about itself; its words stay for the record."""
        self.connection.execute(
            update(_message).where(_message.c.id == message).values(body=dict(body))
        )

    def withdraw(self, item: int, now: datetime) -> bool:
        """Keep back what nobody is delivering yet; False when it is on its way or gone."""
        done = self.connection.execute(
            update(_item)
            .where(
                _item.c.id == item,
                _item.c.status == "due",
                or_(_item.c.lease_until.is_(None), _item.c.lease_until < now),
            )
            .values(status="suppressed", reason=WITHDRAWN)
        )
        return done.rowcount == 1

    def again(self, item: int, owner_rev: int, now: datetime) -> bool:
        """Try a delivery that failed once more; False when it is not failed any longer."""
        done = self.connection.execute(
            update(_item)
            .where(_item.c.id == item, _item.c.status.in_(RETRYABLE))
            .values(
                status="due", reason="", attempts=0, due_at=now, owner_rev=owner_rev,
                lease_until=None, lease_by=None,
            )
        )  # fmt: skip
        return done.rowcount == 1
