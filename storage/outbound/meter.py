"""Allowances and quotas, taken by everybody who sends: touches, replies and agents alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.outbound import QuotaUse
from storage.models.outbox import OutboxItem
from storage.outbound import facts as known_facts
from storage.outbound.judge import Place, allowed
from storage.rules.outbound import Rules
from storage.unit_of_work import UnitOfWork

_item, _conversation, _quota = table_of(OutboxItem), table_of(Conversation), table_of(QuotaUse)
# One customer-service message holds 2048 bytes; sentences are not cut in the middle.
_PART_BYTES = 1900


def cost_of(text: str) -> int:
    """Return how many customer-service messages a text takes."""
    return max(1, -(-len(text.encode()) // _PART_BYTES))


def spend(uow: UnitOfWork, way: str, now: datetime, calls: int = 1) -> None:
    """Count calls on the day's quota."""
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    uow.connection.execute(
        dialect.insert(_quota)
        .values(day=now.date(), way=way, used=calls)
        .on_conflict_do_update(index_elements=["day", "way"], set_={"used": _quota.c.used + calls})
    )


def reserve(uow: UnitOfWork, rules: Rules, item: int, cost: int, now: datetime) -> bool:
    """Take ``cost`` messages of a WeChat customer's allowance for a reply; False = none left.

    Replies and what agents say share the meter with touches; a second try counts again.
    """
    row = (
        uow.connection.execute(
            select(_conversation)
            .join(_item, _item.c.conversation_id == _conversation.c.id)
            .where(_item.c.id == item)
            .with_for_update(of=_conversation)
        )
        .mappings()
        .first()
    )
    if row is None:
        return True
    place = Place(row["id"], row["channel"], row["account"], row["peer"])
    if not allowed(known_facts.metered(uow.connection, place, rules, now), rules, now, cost):
        return False
    uow.connection.execute(
        update(_item)
        .where(_item.c.id == item)
        .values(way="custom", sent_at=now, cost=_item.c.cost + cost)
    )
    spend(uow, "custom", now)
    return True


def climb(uow: UnitOfWork, rules: Rules, item: int, reason: str, now: datetime) -> bool:
    """A notice that cannot be said in the conversation takes the ladder; False = it has none."""
    kinds = [code for code, kind in rules.kinds.items() if len(kind.ways) > 1]
    done = uow.connection.execute(
        update(_item)
        .where(_item.c.id == item, _item.c.kind.in_(kinds), _item.c.status == "due")
        .values(
            status="planned",
            tried="custom",
            reason=reason[:255],
            cost=0,
            due_at=now,
            lease_by=None,
            lease_until=None,
        )
    )
    return done.rowcount == 1
