"""Ask again for photos that did not come, while the platform still has them; then say so."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, literal, or_, select, update

from scheduler.context import JobContext
from storage import staff_notices
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.outbox import Media, OutboxItem
from storage.rules.jobs import rules
from storage.staff_notices import CLAIMS, Word
from storage.unit_of_work import UnitOfWork

TITLE = "没取到的照片再取，取不到的告诉理赔岗"
CRON = "*/30 * * * *"
CATCH_UP = "merge"
_media, _item, _conversation = table_of(Media), table_of(OutboxItem), table_of(Conversation)
LOST = "lost"
_PORTION = 200
# Ended without the bytes, for a reason that may pass; what was refused for good is lost.
_AGAIN = ("failed", "unknown")
_REFUSED = "undeliverable"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Queue what can still be had; safe to run twice."""
    way = context.ways.read if dry_run else context.ways.run
    return way(lambda uow: _work(context, uow, as_of))


def _work(context: JobContext, uow: UnitOfWork, now: datetime) -> list[str]:
    since = now - timedelta(hours=rules().media.retry_hours)
    lost = _lost(uow, since)
    again = _again(uow, since, now)
    for media, case in lost:
        about = case or f"照片 {media}"
        title = f"{about}：客户发来的照片没有取到，请客户重发"
        word = Word(f"media_lost:{media}", "media_lost", CLAIMS, title, (), {"media": media})
        staff_notices.put(uow, word, now, context.settings.webhooks)
    lines = [f"再取 {again} 张"] if again else []
    return [*lines, *(f"照片 {media} 取不到了（{case or '没有案件'}）" for media, case in lost)]


def _again(uow: UnitOfWork, since: datetime, now: datetime) -> int:
    """Let ended deliveries begin anew, and owe those that nothing is owed for."""
    waiting = select(_media).where(_media.c.status == "due", _media.c.at > since)
    rows = uow.connection.execute(waiting.limit(_PORTION)).mappings().all()
    keys = [f"media:{row['id']}" for row in rows]
    ended = update(_item).where(_item.c.dedupe_key.in_(keys), _item.c.status.in_(_AGAIN))
    done = uow.connection.execute(
        ended.values(status="due", attempts=0, due_at=now, lease_by=None, lease_until=None)
    )
    return done.rowcount + sum(_owe(uow, row["id"], now) for row in rows)


def _owe(uow: UnitOfWork, media: int, now: datetime) -> bool:
    query = (
        select(_media.c.kind, _media.c.ref, _conversation)
        .join(_conversation, _conversation.c.id == _media.c.conversation_id)
        .where(_media.c.id == media)
    )
    row = uow.connection.execute(query).mappings().one()
    return uow.outbox.queue(
        dedupe_key=f"media:{media}",
        kind="media",
        channel=row["channel"],
        account=row["account"],
        peer=f"media:{media}",
        body={"media": media, "kind": row["kind"], "ref": row["ref"]},
        due_at=now,
        now=now,
        conversation_id=row["id"],
    )


def _lost(uow: UnitOfWork, since: datetime) -> list[tuple[int, str | None]]:
    """Give up what the platform has thrown away by now, and what is no file that we can keep."""
    key = literal("media:") + cast(_media.c.id, String)
    refused = exists().where(_item.c.dedupe_key == key, _item.c.status == _REFUSED)
    query = (
        select(_media.c.id, _media.c.case_number)
        .where(_media.c.status == "due", or_(_media.c.at <= since, refused))
        .order_by(_media.c.id)
        .limit(_PORTION)
    )
    found = [(row.id, row.case_number) for row in uow.connection.execute(query)]
    ids = [media for media, _ in found]
    uow.connection.execute(update(_media).where(_media.c.id.in_(ids)).values(status=LOST))
    return found
