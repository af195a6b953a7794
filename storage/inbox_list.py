"""The console's list of conversations: a page of a tab, and what the desk as a whole has to do.

A handful of statements a page, however long the tab is and wherever in it the page begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from storage.inbox_tabs import WAITS, Key, after, awake, key_of, of_tab
from storage.masking import mask_name
from storage.models.base import table_of
from storage.models.case import Handoff
from storage.models.console import AgentRead
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.staff import StaffUser
from storage.outbound.judge import Place
from storage.outbound.meters import Left, metered
from storage.rules.outbound import rules

_conversation, _message = table_of(Conversation), table_of(Message)
_handoff, _customer, _read = table_of(Handoff), table_of(Customer), table_of(AgentRead)
_staff = table_of(StaffUser)
PAGE = 50
TABS = ("mine", "queue", "bot", "snoozed", "all")
_WORDS = 60
_KINDS = {
    "image": "照片", "voice": "语音", "location": "位置", "file": "文件", "event": "菜单",
    "unsubscribe": "不再关注",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A conversation in the list; ``level`` is '' where nobody waits for a person.

    ``key`` is its place in the tab, ``flows`` what the customer has begun (the newest last),
    ``left`` the allowance where the platform counts, ``answer_by`` until when somebody in the
    queue is to be answered.
    """

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
    key: str
    flows: tuple[str, ...]
    answer_by: datetime | None
    snoozed_until: datetime | None
    left: Left | None = None
    viewers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Load:
    """How much there is to do: in these hands, and in the queue."""

    mine: int
    capacity: int | None
    queue: int
    oldest: datetime | None


class InboxList:
    """The lists of conversations as staff see them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def rows(
        self,
        tab: str,
        agent: str,
        now: datetime,
        limit: int = PAGE,
        trade: str | None = None,
        start: Key | None = None,
    ) -> list[Row]:
        """Return a page of a tab, those at risk first; it begins after the row ``start``.

        ``trade`` narrows it to one queue and the agent's own.
        """
        query = _joined(agent)
        if trade is None and tab in _LONG:
            # By the index first: sorting ten thousand joined rows to show fifty costs the most.
            query = query.where(_conversation.c.id.in_(self._first(tab, now, limit, start)))
        query = of_tab(query, tab, agent, now)
        if start is not None:
            query = query.where(after(tab, start))
        if trade is not None:
            own = and_(_conversation.c.owner == "agent", _conversation.c.agent == agent)
            query = query.where(or_(own, _handoff.c.skill == trade))
        found = [dict(row) for row in self.connection.execute(query.limit(limit)).mappings()]
        meters = metered(self.connection, _wechat(found), rules(), now)
        rows = [replace(_row(tab, row), left=meters.get(row["id"])) for row in found]
        return self._with_viewers(rows, agent, now)

    def _first(self, tab: str, now: datetime, limit: int, start: Key | None) -> list[int]:
        """Return the conversations that stand first in a long tab."""
        if tab == "queue":
            waiting = (
                select(_conversation.c.id)
                .select_from(
                    _handoff.join(_conversation, _handoff.c.conversation_id == _conversation.c.id)
                )
                .where(_handoff.c.status == "open", _conversation.c.owner == "queue", awake(now))
                .order_by(_handoff.c.level, _handoff.c.opened_at, _handoff.c.id)
                .limit(limit)
            )
            if start is not None:
                waiting = waiting.where(after(tab, start))
            return list(self.connection.execute(waiting).scalars())
        owners = ("agent", "queue", "bot") if tab == "all" else ("bot",)
        newest = [row for owner in owners for row in self._newest(owner, limit, start)]
        newest.sort(key=lambda row: (row.last_at, row.id))
        return [row.id for row in newest[-limit:]]

    def _newest(self, owner: str, limit: int, start: Key | None) -> Sequence[Any]:
        columns = (_conversation.c.last_at, _conversation.c.id)
        query = select(*columns).where(_conversation.c.owner == owner)
        if start is not None:
            query = query.where(after("all", start))
        ordered = query.order_by(*(column.desc() for column in columns))
        return self.connection.execute(ordered.limit(limit)).all()

    def _with_viewers(self, rows: list[Row], agent: str, now: datetime) -> list[Row]:
        ids = [row.id for row in rows]
        query = select(_read.c.conversation_id, _read.c.agent).where(
            _read.c.conversation_id.in_(ids), _read.c.looks_until > now, _read.c.agent != agent
        )
        looking: dict[int, list[str]] = {}
        for conversation, name in self.connection.execute(query):
            looking.setdefault(conversation, []).append(name)
        return [replace(row, viewers=tuple(looking.get(row.id, ()))) for row in rows]

    def load(self, agent: str, now: datetime, trade: str | None = None) -> Load:
        """Return how much this agent has and may have, and how many wait since when."""
        mine = and_(_conversation.c.owner == "agent", _conversation.c.agent == agent)
        hands = select(func.count()).where(mine).scalar_subquery()
        places = select(_staff.c.capacity).where(_staff.c.name == agent).scalar_subquery()
        waits: ColumnElement[bool] = and_(_conversation.c.owner == "queue", awake(now))
        line: ColumnElement[bool] = _handoff.c.status == "open"
        if trade is not None:
            line = and_(line, _handoff.c.skill == trade)
            here = select(_handoff.c.conversation_id).where(line)
            waits = and_(waits, _conversation.c.id.in_(here))
        queue = select(func.count()).where(waits).scalar_subquery()
        oldest = select(func.min(_handoff.c.opened_at)).where(line).scalar_subquery()
        row = self.connection.execute(select(hands, places, queue, oldest)).one()
        return Load(*row)


# Tabs that may hold everybody.
_LONG = ("queue", "bot", "all")


def _joined(agent: str) -> Any:
    """Return the statement of the list: a conversation with its last message and its request."""
    seen = func.coalesce(_read.c.seq, 0)
    return (
        select(
            _conversation,
            _message.c.body.label("last_body"),
            _message.c.author.label("last_author"),
            WAITS.label("waits"),
            _customer.c.name.label("customer_name"),
            _handoff.c.id.label("handoff_id"),
            _handoff.c.level,
            _handoff.c.skill,
            _handoff.c.opened_at.label("asked_at"),
            _handoff.c.answer_by,
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


def _wechat(rows: Sequence[Mapping[str, Any]]) -> list[Place]:
    """Return those whose platform counts what we send."""
    return [
        Place(row["id"], row["channel"], row["account"], row["peer"])
        for row in rows
        if row["channel"] == "wechat"
    ]


def _row(tab: str, row: Mapping[str, Any]) -> Row:
    body = row["last_body"] or {}
    kind = "unsubscribe" if body.get("event") == "unsubscribe" else str(body.get("type"))
    words = str(body.get("text") or f"[{_KINDS.get(kind, '消息')}]")
    return Row(
        id=row["id"],
        channel=row["channel"],
        name=name_of(row["customer_name"], row["peer"]),
        owner=row["owner"],
        agent=row["agent"],
        rev=row["owner_rev"],
        last_at=row["last_at"],
        words=words.replace("\n", " ")[:_WORDS],
        author=row["last_author"] or "",
        unread=max(0, row["unread"]),
        level=row["level"] or "",
        skill=row["skill"] or "",
        waiting_since=row["asked_at"],
        offered_to=row["offered_to"],
        key=key_of(tab, row),
        flows=tuple(str(frame.get("flow")) for frame in row["state"].get("stack") or ()),
        answer_by=row["answer_by"],
        snoozed_until=row["snoozed_until"],
    )


def name_of(customer: str | None, peer: str) -> str:
    """Return what staff call somebody: the masked name, or a visitor's tail."""
    return mask_name(customer) if customer else f"访客 {peer[-4:]}"
