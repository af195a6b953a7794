"""Customers who cannot be written to where they last were, and which way is left to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from storage.masking import mask_phone
from storage.models.base import table_of
from storage.models.case import Claim
from storage.models.conversation import Conversation
from storage.models.customer import Customer

_conversation, _customer, _claim = table_of(Conversation), table_of(Customer), table_of(Claim)
# A page that was left is not read any more, whoever it was.
_LASTING = ("wechat", "telegram")


@dataclass(frozen=True)
class WayLeft:
    """How somebody who is gone from ``channel`` is reached still; empty where nothing is known.

    ``claim`` is a report with a telephone number, where the customer's own is not known.
    """

    channel: str
    other: int | None = None
    other_channel: str = ""
    phone: str = ""
    claim: str = ""


def ways_left(connection: Connection, conversations: Sequence[int]) -> dict[int, WayLeft]:
    """Return the way that is left to those of these conversations whose customer is gone.

    One statement where everybody is there, as nearly always.
    """
    query = (
        select(
            _conversation.c.id,
            _conversation.c.channel,
            _conversation.c.customer_id,
            _customer.c.phone,
        )
        .outerjoin(_customer, _customer.c.id == _conversation.c.customer_id)
        .where(_conversation.c.id.in_(conversations), _conversation.c.subscribed.is_(False))
    )
    rows = list(connection.execute(query).mappings())
    return {row["id"]: _way(connection, row) for row in rows}


def _way(connection: Connection, row: RowMapping) -> WayLeft:
    other = _elsewhere(connection, row) if row["customer_id"] is not None else None
    phone = mask_phone(row["phone"]) if row["phone"] else ""
    return WayLeft(
        row["channel"],
        other["id"] if other else None,
        other["channel"] if other else "",
        phone,
        "" if phone else _reported(connection, row["id"]),
    )


def _elsewhere(connection: Connection, row: RowMapping) -> RowMapping | None:
    """Return the same customer's newest conversation on a channel that lasts."""
    query = (
        select(_conversation.c.id, _conversation.c.channel)
        .where(
            _conversation.c.customer_id == row["customer_id"],
            _conversation.c.id != row["id"],
            _conversation.c.subscribed,
            _conversation.c.channel.in_(_LASTING),
        )
        .order_by(_conversation.c.last_at.desc())
    )
    return connection.execute(query.limit(1)).mappings().first()


def _reported(connection: Connection, conversation: int) -> str:
    query = select(_claim.c.number).where(
        _claim.c.conversation_id == conversation, _claim.c.phone_blind.is_not(None)
    )
    return str(connection.execute(query.order_by(_claim.c.id.desc()).limit(1)).scalar() or "")
