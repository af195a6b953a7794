"""What the console shows of one conversation, and how far somebody has read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.inbox_list import InboxList, name_of
from storage.models.base import table_of
from storage.models.console import AgentRead
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.outbox import Media, OutboxItem

_conversation, _message = table_of(Conversation), table_of(Message)
_customer, _read = table_of(Customer), table_of(AgentRead)
_item, _media = table_of(OutboxItem), table_of(Media)


@dataclass(frozen=True)
class Line:
    """A message in the thread; ``fate`` is how its delivery ended, '' where nothing is owed."""

    seq: int
    author: str
    body: Mapping[str, Any]
    at: datetime
    fate: str = ""
    reason: str = ""
    photo: int | None = None


@dataclass(frozen=True)
class Brief:
    """A conversation in a line: whose it is, masked, and who has it."""

    id: int
    channel: str
    name: str
    owner: str
    agent: str | None
    last_at: datetime


class Inbox(InboxList):
    """Conversations as staff see them: the list, and one of them."""

    def thread(self, conversation: int, before: int | None = None, limit: int = 60) -> list[Line]:
        """Return the newest messages before ``before``, oldest first, with their fates."""
        query = select(_message).where(_message.c.conversation_id == conversation)
        if before is not None:
            query = query.where(_message.c.seq < before)
        newest = query.order_by(_message.c.seq.desc()).limit(limit)
        rows = list(self.connection.execute(newest).mappings())[::-1]
        fates = self._fates(conversation, rows)
        photos = self._photos(conversation, rows)
        return [
            Line(
                row["seq"],
                row["author"],
                row["body"],
                row["at"],
                *fates.get(row["seq"], ("", "")),
                photos.get(str(row["body"].get("media") or "")),
            )
            for row in rows
        ]

    def _fates(self, conversation: int, rows: Sequence[RowMapping]) -> dict[int, tuple[str, str]]:
        """Return how the deliveries of messages ended, and why."""
        keys = {f"said:{conversation}:{row['seq']}": row["seq"] for row in rows}
        later: dict[int, int] = {}
        for row in rows:
            if (row["reply_to"] or 0) >= rows[0]["seq"] and row["sent_by"] == "outbox":
                number = later[row["reply_to"]] = later.get(row["reply_to"], -1) + 1
                keys[f"reply:{conversation}:{row['reply_to']}:{number}"] = row["seq"]
        # A recall that failed is what staff must know of a message that was taken back.
        keys |= {
            f"recall:{conversation}:{row['seq']}": row["seq"]
            for row in rows
            if "recalled" in row["body"]
        }
        owed = select(_item.c.dedupe_key, _item.c.status, _item.c.reason).where(
            _item.c.dedupe_key.in_(keys)
        )
        found = self.connection.execute(owed.order_by(_item.c.id))
        return {keys[row.dedupe_key]: (row.status, row.reason) for row in found}

    def _photos(self, conversation: int, rows: Sequence[RowMapping]) -> dict[str, int]:
        """Return the numbers of the pictures that were sent, by their references."""
        refs = {str(row["body"]["media"]) for row in rows if row["body"].get("media")}
        if not refs:
            return {}
        query = select(_media.c.ref, _media.c.id).where(
            _media.c.conversation_id == conversation,
            _media.c.ref.in_(refs),
            _media.c.path.is_not(None),
        )
        return {row.ref: row.id for row in self.connection.execute(query)}

    def conversation(self, conversation: int) -> Mapping[str, Any] | None:
        """Return a conversation, None when there is none."""
        query = select(_conversation).where(_conversation.c.id == conversation)
        row = self.connection.execute(query).mappings().first()
        return dict(row) if row else None

    def brief(self, conversations: Sequence[int]) -> list[Brief]:
        """Return whose some conversations are, masked, and who has them."""
        query = (
            select(_conversation, _customer.c.name.label("customer_name"))
            .outerjoin(_customer, _customer.c.id == _conversation.c.customer_id)
            .where(_conversation.c.id.in_(conversations))
        )
        return [
            Brief(
                row["id"],
                row["channel"],
                name_of(row["customer_name"], row["peer"]),
                row["owner"],
                row["agent"],
                row["last_at"],
            )
            for row in self.connection.execute(query).mappings()
        ]

    def look(self, conversation: int, agent: str, seq: int, until: datetime) -> None:
        """Note how far an agent has read, and until when they look at it."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        values = {"conversation_id": conversation, "agent": agent, "seq": seq}
        made = dialect.insert(_read).values(**values, looks_until=until)
        self.connection.execute(
            made.on_conflict_do_update(
                index_elements=["conversation_id", "agent"],
                set_={"seq": seq, "looks_until": until},
            )
        )

    def away(self, conversation: int, agent: str, now: datetime) -> int | None:
        """Return how far an agent had read before going away; None while still looking."""
        query = select(_read.c.seq).where(
            _read.c.conversation_id == conversation,
            _read.c.agent == agent,
            _read.c.looks_until < now,
        )
        return self.connection.execute(query).scalar()

    def viewers(self, conversation: int, agent: str, now: datetime) -> Sequence[str]:
        """Return the others who look at a conversation now."""
        query = select(_read.c.agent).where(
            _read.c.conversation_id == conversation,
            _read.c.looks_until > now,
            _read.c.agent != agent,
        )
        return self.connection.execute(query.order_by(_read.c.agent)).scalars().all()
