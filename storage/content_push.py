"""Push an item of the content calendar to those who agreed: one INSERT … SELECT a page.

Whoever has had enough for this month is planned as not sent, with the reason; everybody else is
judged when the touch leaves: consent, opt-out, open cases, caps, quiet hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.content import TOPICS, moment
from storage.crypto import EncryptedJson
from storage.models.base import Moment, table_of
from storage.models.content import ContentItem
from storage.models.conversation import Conversation
from storage.models.identity import Consent
from storage.models.outbox import OutboxItem
from storage.outbound import campaigns
from storage.outbound.fact_queries import LEFT
from storage.rules import jobs
from storage.rules.outbound import rules
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

KIND = "knowledge"
CHANNELS = ("wechat", "telegram")
ENOUGH = "这个月的知识推送已满"
_MONTH = timedelta(days=30)
_TEXT = "【{topic}】{title}\n{body}\n出处：{source}。不想再收，回复“退订”。"
_item, _conversation = table_of(OutboxItem), table_of(Conversation)
_consent = table_of(Consent)


def campaign(item: ContentItem) -> str:
    """Return the name under which its touches are counted."""
    return f"content:{item.number}"


def plan(ways: Transactions, item: ContentItem, now: datetime) -> int:
    """Plan the touches of an item, a transaction a page; return how many are new."""
    return sum(
        ways.run(partial(plan_page, item=item, now=now, after=after, until=until))
        for after, until in ways.read(lambda uow: list(_pages(uow)))
    )


def plan_all(uow: UnitOfWork, item: ContentItem, now: datetime) -> int:
    """Plan them all in one transaction, for a dry run."""
    return sum(plan_page(uow, item, now, after, until) for after, until in _pages(uow))


def _pages(uow: UnitOfWork) -> Iterator[tuple[int, int]]:
    """Yield the bounds of pages over the consents' conversations."""
    last = uow.connection.execute(select(func.max(_conversation.c.id))).scalar() or 0
    size = jobs.rules().content.page
    yield from ((after, after + size) for after in range(0, int(last), size))


def _agreed() -> ColumnElement[bool]:
    """Return the condition that the newest word of a conversation on pushes is yes."""
    code = rules().kinds[KIND].consent
    newest = (
        select(_consent.c.given)
        .where(_consent.c.conversation_id == _conversation.c.id, _consent.c.code == code)
        .order_by(_consent.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return newest.is_(True)


def _had(now: datetime) -> ColumnElement[Any]:
    """Return how many pushes somebody had within the month."""
    return (
        select(func.count())
        .select_from(_item)
        .where(
            _item.c.conversation_id == _conversation.c.id,
            _item.c.kind == KIND,
            _item.c.status.in_((*LEFT, "planned")),
            func.coalesce(_item.c.sent_at, _item.c.due_at) > now - _MONTH,
        )
        .scalar_subquery()
    )


def plan_page(uow: UnitOfWork, item: ContentItem, now: datetime, after: int, until: int) -> int:
    """Plan the touches of the conversations between two numbers; return how many are new."""
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    values = _values(item, now)
    query = (
        select(*(value.label(name) for name, value in values.items()))
        .where(
            _conversation.c.id > after,
            _conversation.c.id <= until,
            _conversation.c.channel.in_(CHANNELS),
            _agreed(),
        )
        .order_by(_conversation.c.id)
    )
    campaigns.open_campaign(uow, campaign(item), "content", moment(item).date(), now)
    insert = dialect.insert(_item).from_select(list(values), query)
    done = uow.connection.execute(
        insert.on_conflict_do_nothing(index_elements=["dedupe_key"]),
        execution_options={"preserve_rowcount": True},
    )
    return done.rowcount


def _values(item: ContentItem, now: datetime) -> Mapping[str, ColumnElement[Any]]:
    due = moment(item)
    expires = due + timedelta(hours=jobs.rules().content.window_hours)
    text = _TEXT.format(
        topic=TOPICS[item.topic], title=item.title, body=item.body, source=item.source
    )
    # The same for everybody, so that one sealed body does for all of them.
    body = {"type": "text", "text": text, "title": item.title, "content": item.number}
    enough = _had(now) >= jobs.rules().content.monthly
    return {
        "dedupe_key": literal(f"content:{item.number}:") + cast(_conversation.c.id, String),
        "kind": literal(KIND),
        "channel": _conversation.c.channel,
        "account": _conversation.c.account,
        "peer": _conversation.c.peer,
        "conversation_id": _conversation.c.id,
        "customer_id": _conversation.c.customer_id,
        "body": literal(body, EncryptedJson("outbox_item.body")),
        "status": case((enough, "suppressed"), else_="planned"),
        "reason": case((enough, ENOUGH), else_=""),
        "provider_id": literal(""),
        "attempts": literal(0),
        "created_at": literal(now, Moment()),
        "due_at": literal(due, Moment()),
        "subject": literal(item.number),
        "campaign": literal(campaign(item)),
        "priority": literal(rules().kinds[KIND].priority),
        "expires_at": literal(expires, Moment()),
    }


def counts(uow: UnitOfWork, item: ContentItem) -> dict[str, int]:
    """Return how many touches of an item stand where."""
    query = (
        select(_item.c.status, func.count())
        .where(_item.c.campaign == campaign(item), _item.c.id >= campaigns.first_of(campaign(item)))
        .group_by(_item.c.status)
    )
    return {status: int(count) for status, count in uow.connection.execute(query)}
