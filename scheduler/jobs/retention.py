"""Every night: what has been kept as long as its rule says goes, in small portions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.privacy.nightly import resume
from bot.privacy.rights import Rights
from scheduler.context import JobContext
from storage.models.case import Claim, Complaint, Ticket
from storage.models.conversation import Conversation, Message
from storage.models.knowledge import KbMiss
from storage.models.outbox import Media, OutboxItem
from storage.models.personal import RestrictedRecord
from storage.models.tables import Base
from storage.rules.retention import Purge, retention

TITLE = "清理过了保存期限的资料"
CRON = "30 3 * * *"
_ACTOR = "system:retention"
# Small: customers write between two portions.
PORTION = 500


@dataclass(frozen=True)
class _Portion:
    """What one transaction took away: rows, and files to remove before it commits."""

    rows: int
    files: tuple[str, ...] = ()


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Purge all rules; return a line for each. A dry run counts only."""
    lines = [_purge(context, rule, as_of, dry_run=dry_run) for rule in retention().purges]
    lines.append(_chats(context, as_of, dry_run=dry_run))
    lines.append(_restricted(context, as_of, dry_run=dry_run))
    rights = Rights(context.ways, context.cipher, context.settings, lambda: as_of, _ACTOR)
    # After the sealed records: the last one of them ends its request.
    return lines + resume(rights, as_of, dry_run=dry_run)


def _purge(context: JobContext, rule: Purge, as_of: datetime, *, dry_run: bool) -> str:
    table = Base.metadata.tables[rule.table]
    (key,) = table.primary_key
    due = [table.c[rule.column] < as_of - timedelta(days=rule.days)]
    due += [table.c[name].in_(values) for name, values in rule.only.items()]
    query = select(key).where(*due).order_by(key)

    def portion(session: Session) -> _Portion:
        keys = list(session.scalars(query.limit(PORTION)))
        session.execute(delete(table).where(key.in_(keys)))
        return _Portion(len(keys))

    count = _all(context, portion) if not dry_run else _count(context, query)
    return f"{rule.title}：{count} 行（{rule.days} 天，{rule.basis}）"


def _chats(context: JobContext, as_of: datetime, *, dry_run: bool) -> str:
    """Talks that led to no business; the bare conversation stays, for its opt-outs."""
    rules = retention()
    before = as_of - timedelta(days=rules.chat_days)
    business = or_(
        *(
            exists().where(case.conversation_id == Conversation.id)
            for case in (Claim, Complaint, Ticket)
        )
    )
    said = exists().where(Message.conversation_id == Conversation.id)
    query = (
        select(Conversation.id)
        .where(Conversation.last_at < before, Conversation.customer_id.is_(None), ~business, said)
        .order_by(Conversation.id)
    )

    def portion(session: Session) -> _Portion:
        keys = list(session.scalars(query.limit(PORTION // 10)))
        files = session.scalars(select(Media.path).where(Media.conversation_id.in_(keys))).all()
        for model in (KbMiss, Media, OutboxItem, Message):
            session.execute(delete(model).where(model.conversation_id.in_(keys)))
        return _Portion(len(keys), tuple(path for path in files if path))

    count = _all(context, portion) if not dry_run else _count(context, query)
    return f"纯咨询的对话：{count} 个会话（{rules.chat_days} 天，{rules.chat_basis}）"


def _restricted(context: JobContext, as_of: datetime, *, dry_run: bool) -> str:
    query = (
        select(RestrictedRecord.id)
        .where(RestrictedRecord.keep_until <= as_of.date())
        .order_by(RestrictedRecord.id)
    )

    def portion(session: Session) -> _Portion:
        keys = list(session.scalars(query.limit(PORTION // 10)))
        rows = session.scalars(select(RestrictedRecord).where(RestrictedRecord.id.in_(keys))).all()
        files = tuple(str(path) for row in rows for path in row.body.get("files", ()))
        session.execute(delete(RestrictedRecord).where(RestrictedRecord.id.in_(keys)))
        return _Portion(len(keys), files)

    count = _all(context, portion) if not dry_run else _count(context, query)
    return f"依法保存的资料到期：{count} 份"


Work = Callable[[Session], _Portion]


def _all(context: JobContext, portion: Work) -> int:
    return sum(_portions(context, portion))


def _portions(context: JobContext, portion: Work) -> Iterator[int]:
    """Yield the sizes of portions until one is empty; each is a transaction of its own."""
    while True:
        done = context.ways.run(lambda uow: _one(context.media_dir, portion, uow.session))
        yield done.rows
        if not done.rows:
            return


def _one(media: Path, portion: Work, session: Session) -> _Portion:
    done = portion(session)
    session.flush()
    for path in done.files:
        file = (media / path).resolve()
        if file.is_relative_to(media.resolve()):
            file.unlink(missing_ok=True)
    return done


def _count(context: JobContext, query: Select[Any]) -> int:
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return context.ways.read(lambda uow: int(uow.session.scalar(counted) or 0))
