"""What the console's list and thread show; reads only, a handful of statements a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.inbox_tabs import awake, of_tab
from storage.masking import mask_name
from storage.models.base import table_of
from storage.models.case import Handoff
from storage.models.console import AgentDraft, AgentRead
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.outbox import Media, OutboxItem

_conversation, _message = table_of(Conversation), table_of(Message)
_handoff, _customer = table_of(Handoff), table_of(Customer)
_read, _draft, _item = table_of(AgentRead), table_of(AgentDraft), table_of(OutboxItem)
_media = table_of(Media)
PAGE = 50
TABS = ("mine", "queue", "bot", "snoozed", "all")


@dataclass(frozen=True)
class Row:
    """A conversation in the list; ``level`` is '' where nobody waits for a person."""

    id: int
    channel: str
    name: str
    owner: str
    agent: str | None
    rev: int
    last_at: datetime
    words: str
    author: str
    unread: int
    level: str
    skill: str
    waiting_since: datetime | None
    offered_to: str | None
    viewers: tuple[str, ...] = ()


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


class Inbox:
    """Conversations as staff see them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def rows(
        self, tab: str, agent: str, now: datetime, limit: int = PAGE, trade: str | None = None
    ) -> list[Row]:
        """Return the conversations of a tab, those at risk first.

        ``trade`` narrows it to one queue and the agent's own.
        """
        seen = func.coalesce(_read.c.seq, 0)
        query = (
            select(
                _conversation,
                _message.c.body.label("last_body"),
                _message.c.author.label("last_author"),
                _customer.c.name.label("customer_name"),
                _handoff.c.level,
                _handoff.c.skill,
                _handoff.c.opened_at.label("asked_at"),
                _handoff.c.offered_to,
                (_conversation.c.last_seq - seen).label("unread"),
            )
            .outerjoin(
                _message,
                and_(
                    _message.c.conversation_id == _conversation.c.id,
                    _message.c.seq == _conversation.c.last_seq,
                ),
            )
            .outerjoin(_customer, _customer.c.id == _conversation.c.customer_id)
            .outerjoin(
                _handoff,
                and_(
                    _handoff.c.conversation_id == _conversation.c.id,
                    _handoff.c.status.in_(("open", "taken")),
                ),
            )
            .outerjoin(
                _read,
                and_(_read.c.conversation_id == _conversation.c.id, _read.c.agent == agent),
            )
        )
        if trade is None and tab in ("queue", "all"):
            # By the index first: sorting ten thousand joined rows to show fifty costs the most.
            query = query.where(_conversation.c.id.in_(self._first(tab, now, limit)))
        query = of_tab(query, tab, agent, now)
        if trade is not None:
            own = and_(_conversation.c.owner == "agent", _conversation.c.agent == agent)
            query = query.where(or_(own, _handoff.c.skill == trade))
        found = self.connection.execute(query.limit(limit)).mappings()
        rows = [_row(dict(row)) for row in found]
        return self._with_viewers(rows, agent, now)

    def _first(self, tab: str, now: datetime, limit: int) -> list[int]:
        """Return the conversations that stand first in a long tab."""
        if tab == "all":
            newest = [
                row
                for owner in ("agent", "queue", "bot")
                for row in self.connection.execute(
                    select(_conversation.c.last_at, _conversation.c.id)
                    .where(_conversation.c.owner == owner)
                    .order_by(_conversation.c.last_at.desc())
                    .limit(limit)
                )
            ]
            return [row.id for row in sorted(newest, key=lambda row: row.last_at)[-limit:]]
        waiting = (
            select(_conversation.c.id)
            .select_from(
                _handoff.join(_conversation, _handoff.c.conversation_id == _conversation.c.id)
            )
            .where(_handoff.c.status == "open", _conversation.c.owner == "queue", awake(now))
            .order_by(_handoff.c.level, _handoff.c.opened_at)
            .limit(limit)
        )
        return list(self.connection.execute(waiting).scalars())

    def _with_viewers(self, rows: list[Row], agent: str, now: datetime) -> list[Row]:
        ids = [row.id for row in rows]
        query = select(_read.c.conversation_id, _read.c.agent).where(
            _read.c.conversation_id.in_(ids), _read.c.looks_until > now, _read.c.agent != agent
        )
        looking: dict[int, list[str]] = {}
        for conversation, name in self.connection.execute(query):
            looking.setdefault(conversation, []).append(name)
        return [replace(row, viewers=tuple(looking.get(row.id, ()))) for row in rows]

    def counts(self, agent: str, trade: str | None = None) -> dict[str, int]:
        """Return how many conversations wait (in one queue) and how many this agent has."""
        mine = and_(_conversation.c.owner == "agent", _conversation.c.agent == agent)
        waits = _conversation.c.owner == "queue"
        if trade is not None:
            waits = and_(
                waits,
                select(_handoff.c.id)
                .where(
                    _handoff.c.conversation_id == _conversation.c.id,
                    _handoff.c.status == "open",
                    _handoff.c.skill == trade,
                )
                .exists(),
            )
        query = select(
            func.count().filter(mine).label("mine"), func.count().filter(waits).label("queue")
        ).where(_conversation.c.owner != "bot")
        row = self.connection.execute(query).one()
        return {"mine": row.mine, "queue": row.queue}

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

    def draft(self, conversation: int, agent: str) -> str:
        """Return what an agent has begun to write here."""
        query = select(_draft.c.text).where(
            _draft.c.conversation_id == conversation, _draft.c.agent == agent
        )
        return str(self.connection.execute(query).scalar() or "")

    def keep_draft(self, conversation: int, agent: str, text: str, now: datetime) -> None:
        """Keep what an agent has begun to write."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        made = dialect.insert(_draft).values(
            conversation_id=conversation, agent=agent, text=text, at=now
        )
        self.connection.execute(
            made.on_conflict_do_update(
                index_elements=["conversation_id", "agent"],
                set_={"text": made.excluded.text, "at": made.excluded.at},
            )
        )


def _row(row: Mapping[str, Any]) -> Row:
    body = row["last_body"] or {}
    words = str(body.get("text") or f"[{_KINDS.get(str(body.get('type')), '消息')}]")
    return Row(
        id=row["id"],
        channel=row["channel"],
        name=name_of(row["customer_name"], row["peer"]),
        owner=row["owner"],
        agent=row["agent"],
        rev=row["owner_rev"],
        last_at=row["last_at"],
        words=words.replace("\n", " ")[:60],
        author=row["last_author"] or "",
        unread=max(0, row["unread"]),
        level=row["level"] or "",
        skill=row["skill"] or "",
        waiting_since=row["asked_at"],
        offered_to=row["offered_to"],
    )


_KINDS = {"image": "照片", "voice": "语音", "location": "位置", "file": "文件", "event": "菜单"}


def name_of(customer: str | None, peer: str) -> str:
    """Return what staff call somebody: the masked name, or a visitor's tail."""
    return mask_name(customer) if customer else f"访客 {peer[-4:]}"
