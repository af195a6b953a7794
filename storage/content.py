"""The content calendar (S7): planned, approved by a second person, sent or posted, on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from bot.clock import SHANGHAI
from bot.errors import Refused
from storage.models.content import ContentItem
from storage.numbering import next_number
from storage.unit_of_work import UnitOfWork

TOPICS: Mapping[str, str] = {"knowledge": "保险知识", "industry": "行业动态"}
WAYS: Mapping[str, str] = {"push": "推送给同意的客户", "article": "发布文章或宣传资料"}
STATES: Mapping[str, str] = {
    "draft": "草稿", "review": "待审", "approved": "已批准", "sent": "已推送",
    "published": "已发布", "missed": "错过", "cancelled": "取消",
}  # fmt: skip
# A field of a subscription notice holds twenty characters.
LONGEST_TITLE, LONGEST_PUSH, LONGEST = 20, 500, 5_000
_TEXTS = ("title", "body", "source")


@dataclass(frozen=True)
class Text:
    """What an item says, how, and when."""

    topic: str
    way: str
    title: str
    body: str
    source: str
    on: date
    at: time


def faults(wanted: Text) -> list[str]:
    """Say what makes a text unusable, and what to do."""
    found = []
    if wanted.topic not in TOPICS:
        found.append(f"栏目“{wanted.topic}”不认识，可选：{'、'.join(TOPICS)}")
    if wanted.way not in WAYS:
        found.append(f"方式“{wanted.way}”不认识，可选：{'、'.join(WAYS)}")
    if not 1 <= len(wanted.title.strip()) <= LONGEST_TITLE:
        found.append(f"标题要 1–{LONGEST_TITLE} 个字")
    longest = LONGEST_PUSH if wanted.way == "push" else LONGEST
    if not 1 <= len(wanted.body.strip()) <= longest:
        found.append(f"内容要 1–{longest} 个字")
    if not wanted.source.strip():
        found.append("要写出处：客户和复核的人都要能查到")
    if not time(8) <= wanted.at < time(21):
        found.append("时间要在 08:00–21:00 之间，晚上不打扰客户")
    return found


@dataclass
class ContentCalendar:
    """The calendar in one transaction, changed in the name of ``actor``."""

    uow: UnitOfWork
    now: datetime
    actor: str

    def add(self, wanted: Text) -> ContentItem:
        """Plan an item as a draft."""
        if found := faults(wanted):
            raise Refused("；".join(found))
        item = ContentItem(
            number=next_number(self.uow.session, "CT", self.now.date()),
            topic=wanted.topic, way=wanted.way, title=wanted.title.strip(),
            body=wanted.body.strip(), source=wanted.source.strip(), planned_on=wanted.on,
            planned_at=wanted.at, state="draft", author=self.actor, approver=None, note="",
            record="", done_at=None, created_at=self.now, updated_at=self.now,
        )  # fmt: skip
        self.uow.session.add(item)
        self.uow.session.flush()
        return item

    def change(self, item: ContentItem, wanted: Text) -> None:
        """Write a draft anew; the author is who wrote last."""
        if found := faults(wanted):
            raise Refused("；".join(found))
        self._expect(item, "draft")
        for name in _TEXTS:
            setattr(item, name, getattr(wanted, name).strip())
        item.topic, item.way = wanted.topic, wanted.way
        item.planned_on, item.planned_at = wanted.on, wanted.at
        item.author = self.actor
        self._stamp(item)

    def submit(self, item: ContentItem) -> None:
        """Hand a draft in for approval."""
        self._expect(item, "draft")
        self._move(item, "review")

    def approve(self, item: ContentItem) -> None:
        """Allow what somebody else has written."""
        self._expect(item, "review")
        if item.author == self.actor:
            raise Refused(f"{item.number} 是您自己写的：须由另一个人批准")
        if moment(item) < self.now:
            raise Refused(f"{item.number} 的发布时间已经过了：请退回改一个时间")
        item.approver = self.actor
        self._move(item, "approved")

    def reject(self, item: ContentItem, note: str) -> None:
        """Give it back with the reason."""
        self._expect(item, "review", "approved")
        item.approver, item.note = None, note[:255]
        self._move(item, "draft")

    def cancel(self, item: ContentItem, note: str) -> None:
        """Take it off the calendar."""
        self._expect(item, "draft", "review", "approved")
        item.note = note[:255]
        self._move(item, "cancelled")

    def published(self, item: ContentItem, record: str) -> None:
        """Write down where an article was posted or a leaflet laid out."""
        if item.way != "article":
            raise Refused(f"{item.number} 由系统推送，不用登记")
        self._expect(item, "approved")
        if not record.strip():
            raise Refused("请写明发在哪里、链接或份数")
        item.record, item.done_at = record.strip()[:500], self.now
        self._move(item, "published")

    def done(self, item: ContentItem, state: str, record: str) -> None:
        """Write down what became of a push."""
        item.record, item.done_at = record[:500], self.now
        self._move(item, state)

    def find(self, number: str) -> ContentItem:
        """Return an item that nobody else changes until the end of the transaction."""
        query = select(ContentItem).where(ContentItem.number == number).with_for_update()
        found = self.uow.session.scalar(query)
        if found is None:
            raise Refused(f"内容日历里没有 {number}")
        return found

    def between(self, first: date, last: date) -> Sequence[ContentItem]:
        """Return what is planned between two days, both included."""
        query = select(ContentItem).where(
            ContentItem.planned_on >= first, ContentItem.planned_on <= last
        )
        order = (ContentItem.planned_on, ContentItem.planned_at, ContentItem.id)
        return self.uow.session.scalars(query.order_by(*order)).all()

    def due(self) -> Sequence[ContentItem]:
        """Return what is approved and whose time has come, oldest first."""
        query = select(ContentItem).where(
            ContentItem.state == "approved", ContentItem.planned_on <= self.now.date()
        )
        found = self.uow.session.scalars(query.order_by(ContentItem.planned_on, ContentItem.id))
        return [item for item in found if moment(item) <= self.now]

    def _expect(self, item: ContentItem, *states: str) -> None:
        if item.state not in states:
            raise Refused(f"{item.number} 现在是“{STATES[item.state]}”，不能做这一步")

    def _move(self, item: ContentItem, state: str) -> None:
        before, item.state = item.state, state
        self._stamp(item)
        what = {"from": before, "to": state, "note": item.note}
        self.uow.audit.note(self.now, self.actor, "decision", f"content {item.number}", what)

    def _stamp(self, item: ContentItem) -> None:
        item.updated_at = self.now
        self.uow.session.flush()


def moment(item: ContentItem) -> datetime:
    """Return when an item is due."""
    return datetime.combine(item.planned_on, item.planned_at, SHANGHAI)


def read_rows(
    rows: Sequence[tuple[int, Mapping[str, str]]],
) -> tuple[list[Text], list[str]]:
    """Return the items of a table and what is wrong with it, line by line."""
    texts, errors = [], []
    for line, row in rows:
        made = _text_of(row)
        found = [made] if isinstance(made, str) else faults(made)
        errors += [f"第 {line} 行：{fault}" for fault in found]
        if isinstance(made, Text):
            texts.append(made)
    return texts, errors


_COLUMNS = {"日期": "on", "时间": "at", "栏目": "topic", "方式": "way", "标题": "title",
            "内容": "body", "出处": "source"}  # fmt: skip


def _text_of(row: Mapping[str, str]) -> Text | str:
    said: dict[str, Any] = {key: str(row.get(name) or "").strip() for name, key in _COLUMNS.items()}
    for part, known in (("topic", TOPICS), ("way", WAYS)):
        by_name = {name: code for code, name in known.items()}
        said[part] = by_name.get(said[part], said[part])
    try:
        said["on"] = date.fromisoformat(said["on"])
        said["at"] = time.fromisoformat(said["at"] or "10:00")
    except ValueError:
        return "日期要写成 2026-12-01，时间要写成 10:00"
    return Text(**said)
