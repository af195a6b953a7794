"""Conversations and messages: the path of every message, in as few statements as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.dialogue.message import InboundMessage, Reply
from storage.models.base import table_of
from storage.models.conversation import Conversation, Message
from storage.prepared import Prepared

_conversation = table_of(Conversation)
_message = table_of(Message)

# The repeat is looked up in the same statement as the conversation: one round trip a message.
_repeat = (
    select(_message.c.seq)
    .where(
        _message.c.conversation_id == _conversation.c.id,
        _message.c.key == bindparam("message_key"),
    )
    .scalar_subquery()
    .label("repeat_of")
)
_find = Prepared(
    select(_conversation, _repeat)
    .where(
        _conversation.c.channel == bindparam("channel"),
        _conversation.c.account == bindparam("account"),
        _conversation.c.peer == bindparam("peer"),
    )
    # Ignored on SQLite, where the one writer already serialises; a row lock on PostgreSQL.
    .with_for_update(of=_conversation)
)
_save = Prepared(
    update(_conversation)
    .where(_conversation.c.id == bindparam("conversation"))
    .values(
        state=bindparam("new_state"),
        last_seq=bindparam("new_seq"),
        last_at=bindparam("new_at"),
    )
)
_MESSAGE = (
    *("conversation_id", "seq", "author", "key", "reply_to", "sent_by", "owner_rev", "body", "at"),
)
_add_message = Prepared(insert(_message), _MESSAGE)
# Two processes may meet a new customer at once: the first one wins, the other finds the row.
_create = {
    dialect.dialect.name: Prepared(
        dialect.insert(_conversation).on_conflict_do_nothing().returning(_conversation.c.id),
        (column.key for column in _conversation.c if column.key != "id"),
    )
    for dialect in (postgresql, sqlite)
}


@dataclass
class OpenConversation:
    """A conversation locked for this turn. ``repeat_of`` is set when the message came before."""

    id: int
    state: dict[str, Any]
    owner: str
    agent: str | None
    owner_rev: int
    customer_id: int | None
    verified_until: datetime | None
    subscribed: bool
    last_seq: int
    last_at: datetime
    repeat_of: int | None

    @classmethod
    def of(cls, row: Mapping[str, Any] | RowMapping) -> OpenConversation:
        """Build from a row of the find statement."""
        return cls(
            id=row["id"],
            state=row["state"],
            owner=row["owner"],
            agent=row["agent"],
            owner_rev=row["owner_rev"],
            customer_id=row["customer_id"],
            verified_until=row["verified_until"],
            subscribed=row["subscribed"],
            last_seq=row["last_seq"],
            last_at=row["last_at"],
            repeat_of=row["repeat_of"],
        )


class Conversations:
    """All conversations; never commits."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def open(self, message: InboundMessage, now: datetime) -> OpenConversation:
        """Return the sender's conversation, locked until the end of the transaction."""
        found = self._find(message) or self._create(message, now) or self._find(message)
        if found is None:
            raise LookupError("a conversation that was just created is gone")
        return found

    def _find(self, message: InboundMessage) -> OpenConversation | None:
        values = {
            "channel": message.channel,
            "account": message.account,
            "peer": message.peer,
            "message_key": message.key,
        }
        row = _find.first(self.connection, values)
        return OpenConversation.of(row) if row else None

    def _create(self, message: InboundMessage, now: datetime) -> OpenConversation | None:
        """Insert the conversation; None when another process has just done the same."""
        values: dict[str, Any] = {
            "channel": message.channel,
            "account": message.account,
            "peer": message.peer,
            "state": {},
            "owner": "bot",
            "owner_rev": 0,
            "fence_rev": 0,
            "agent": None,
            "customer_id": None,
            "verified_until": None,
            "subscribed": True,
            "snoozed_until": None,
            "last_seq": 0,
            "opened_at": now,
            "last_at": now,
        }
        new = _create[self.connection.dialect.name].first(self.connection, values)
        return OpenConversation.of({**values, **new, "repeat_of": None}) if new else None

    def stored_replies(self, conversation: int, seq: int) -> list[tuple[Reply, str, int]]:
        """Return the replies to message ``seq``, the way each one left, and its owner_rev."""
        query = (
            select(_message.c.body, _message.c.sent_by, _message.c.owner_rev)
            .where(_message.c.conversation_id == conversation, _message.c.reply_to == seq)
            .order_by(_message.c.seq)
        )
        rows = self.connection.execute(query).all()
        return [(Reply.from_json(row.body), row.sent_by or "", row.owner_rev) for row in rows]

    def spoken_by(self, agent: str, since: datetime) -> bool:
        """Tell whether an agent has written in a conversation of theirs after ``since``."""
        query = (
            select(_message.c.id)
            .join(_conversation, _conversation.c.id == _message.c.conversation_id)
            .where(
                _conversation.c.owner == "agent",
                _conversation.c.agent == agent,
                _message.c.author == "agent",
                _message.c.at > since,
            )
        )
        return self.connection.execute(query.limit(1)).first() is not None

    def record(
        self,
        conversation: OpenConversation,
        messages: Sequence[Mapping[str, Any]],
        now: datetime,
    ) -> list[int]:
        """Append messages in order and return their seqs; the state is saved with them."""
        rows = []
        for number, message in enumerate(messages, start=conversation.last_seq + 1):
            row = {"key": None, "reply_to": None, "sent_by": None, **message}
            row |= {"conversation_id": conversation.id, "seq": number, "at": now}
            rows.append(row | {"owner_rev": conversation.owner_rev})
        if rows:
            _add_message.run(self.connection, *rows)
        conversation.last_seq += len(rows)
        saved = {
            "conversation": conversation.id,
            "new_state": conversation.state,
            "new_seq": conversation.last_seq,
            "new_at": now,
        }
        _save.run(self.connection, saved)
        return [int(row["seq"]) for row in rows]

    def get(self, conversation: int) -> OpenConversation:
        """Return a conversation as it is, not locked."""
        query = select(_conversation).where(_conversation.c.id == conversation)
        row = self.connection.execute(query).mappings().one()
        return OpenConversation.of({**row, "repeat_of": None})

    def unbind(self, conversation: OpenConversation) -> None:
        """Let the identity belong to nobody again."""
        self._bind(conversation, None, None)

    def bind(self, conversation: OpenConversation, customer: int, until: datetime) -> None:
        """Bind the identity to a customer, verified until a time."""
        self._bind(conversation, customer, until)

    def _bind(
        self, conversation: OpenConversation, customer: int | None, until: datetime | None
    ) -> None:
        conversation.customer_id, conversation.verified_until = customer, until
        self.connection.execute(
            update(_conversation)
            .where(_conversation.c.id == conversation.id)
            .values(customer_id=customer, verified_until=until)
        )

    def set_subscribed(self, conversation: OpenConversation, subscribed: bool) -> None:
        """Note that the customer follows us, or does not any more."""
        conversation.subscribed = subscribed
        self.connection.execute(
            update(_conversation)
            .where(_conversation.c.id == conversation.id)
            .values(subscribed=subscribed)
        )

    def mark_sent_by(self, conversation: int, reply_to: int, way: str) -> None:
        """Note the way by which the replies to a message leave."""
        self.connection.execute(
            update(_message)
            .where(_message.c.conversation_id == conversation, _message.c.reply_to == reply_to)
            .values(sent_by=way)
        )

    def owner_of(self, conversation: int) -> str:
        """Return who has the floor: bot, queue or agent."""
        query = select(_conversation.c.owner).where(_conversation.c.id == conversation)
        return str(self.connection.execute(query).scalar_one())

    def after(self, conversation: int, seq: int, limit: int) -> list[RowMapping]:
        """Return the messages after ``seq``, oldest first."""
        query = (
            select(_message)
            .where(_message.c.conversation_id == conversation, _message.c.seq > seq)
            .order_by(_message.c.seq)
            .limit(limit)
        )
        return list(self.connection.execute(query).mappings())

    def last(self, conversation: int, limit: int) -> list[RowMapping]:
        """Return the newest ``limit`` messages, oldest first."""
        query = (
            select(_message)
            .where(_message.c.conversation_id == conversation)
            .order_by(_message.c.seq.desc())
            .limit(limit)
        )
        return list(self.connection.execute(query).mappings())[::-1]

    def id_of(self, channel: str, account: str, peer: str) -> int | None:
        """Return the id of a conversation, if there is one."""
        query = select(_conversation.c.id).where(
            _conversation.c.channel == channel,
            _conversation.c.account == account,
            _conversation.c.peer == peer,
        )
        return self.connection.execute(query).scalar()
