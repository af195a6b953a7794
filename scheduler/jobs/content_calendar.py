"""On its day an approved item of the content calendar goes to those who agreed (S7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from scheduler.context import JobContext
from scheduler.releases import foretold
from storage import content_push, staff_notices
from storage.content import ContentCalendar, moment
from storage.models.content import ContentItem
from storage.rules.jobs import rules
from storage.staff_notices import TRAINER, Word
from storage.unit_of_work import UnitOfWork

TITLE = "内容日历：到日子的知识推送给同意的客户，文章提醒去发"
CRON = "*/10 8-20 * * *"
# What is too late is not made up for: the job itself looks at the window.
CATCH_UP = "merge"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Push what is due; safe to run twice, and to be killed on the way."""
    if dry_run:
        return context.ways.read(lambda uow: list(_told(context, uow, as_of)))
    due = context.ways.read(lambda uow: _due(uow, as_of))
    return [line for item in due for line in _one(context, item, as_of)]


def _due(uow: UnitOfWork, now: datetime) -> Sequence[ContentItem]:
    return ContentCalendar(uow, now, "system").due()


def _late(item: ContentItem, now: datetime) -> bool:
    return now > moment(item) + timedelta(hours=rules().content.window_hours)


def _one(context: JobContext, item: ContentItem, now: datetime) -> list[str]:
    if item.way == "article":
        return context.ways.run(lambda uow: _remind(context, uow, item, now))
    if _late(item, now):
        return context.ways.run(lambda uow: _missed(context, uow, item, now))
    # The pages first: killed in between, the next run finds the item still due and goes on.
    content_push.plan(context.ways, item, now)
    return context.ways.run(lambda uow: _sent(uow, item, now))


def _sent(uow: UnitOfWork, item: ContentItem, now: datetime) -> list[str]:
    book = ContentCalendar(uow, now, "system")
    found = book.find(item.number)
    if found.state != "approved":
        return []
    stand = content_push.counts(uow, found)
    enough = stand.get("suppressed", 0)
    record = f"排了 {sum(stand.values())} 位同意的客户，其中 {enough} 位这个月已满"
    book.done(found, "sent", record)
    return [f"{item.number} {item.title}：{record}"]


def _missed(context: JobContext, uow: UnitOfWork, item: ContentItem, now: datetime) -> list[str]:
    book = ContentCalendar(uow, now, "system")
    found = book.find(item.number)
    if found.state != "approved":
        return []
    words = f"{item.number} {item.title}：过了发布时间太久，没有推送"
    book.done(found, "missed", "过了补发窗口")
    word = Word(f"content_missed:{item.number}", "content", TRAINER, words, (), {})
    staff_notices.put(uow, word, now, context.settings.webhooks)
    return [words]


def _remind(context: JobContext, uow: UnitOfWork, item: ContentItem, now: datetime) -> list[str]:
    """Articles are posted by people: they are told once, and write down where."""
    words = f"{item.number} {item.title}：今天该发布，发好请登记发在哪里"
    word = Word(f"content_due:{item.number}", "content", TRAINER, words, (), {})
    return [words] if staff_notices.put(uow, word, now, context.settings.webhooks) else []


def _told(context: JobContext, uow: UnitOfWork, now: datetime) -> Iterator[str]:
    for item in _due(uow, now):
        if item.way == "article" or _late(item, now):
            yield f"{item.number} {item.title}：{'提醒去发布' if item.way == 'article' else '错过'}"
            continue
        content_push.plan_all(uow, item, now)
        stand = content_push.counts(uow, item)
        yield f"{item.number} {item.title}：{stand.get('suppressed', 0)} 位这个月已满"
    yield from foretold(context, (content_push.KIND,), now, uow)
