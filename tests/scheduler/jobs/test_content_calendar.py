"""The content calendar: two people, only those who agreed, and each of them once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError

from bot.errors import Refused
from storage import content_push, staff_notices
from storage.content import ContentCalendar, Text, read_rows
from storage.models.content import ContentItem
from storage.models.identity import Consent
from storage.models.outbox import OutboxItem
from storage.unit_of_work import UnitOfWork
from tests.scheduler.jobs.kit import at, run
from tests.storage.claims_kit import Desk, desk_on
from tests.storage.outbound_kit import Outside

MORNING = "2026-12-05T10:00"
SNOW = Text(
    "knowledge", "push", "雪天行车", "跟车距离加倍，轻踩刹车。", "交管部门提示",
    date(2026, 12, 5), time(10),
)  # fmt: skip


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk, once on SQLite and once on PostgreSQL."""
    made = desk_on(database)
    yield made
    made.ways.close()


def agreed(desk: Desk, conversation: int, *words: bool, channel: str = "telegram") -> None:
    """A conversation whose customer said yes or no to pushes, in this order."""
    outside = Outside(desk.ways)
    outside.customer(conversation, f"1390000000{conversation}")
    outside.chat(conversation, conversation, channel=channel)
    common = {"customer_id": None, "code": "marketing", "version": "1", "how": "chat"}
    for given in words:
        known = {**common, "given": given, "at": outside.now}
        outside.add(Consent(conversation_id=conversation, **known))


def plan(desk: Desk, text: Text = SNOW, *, approved: bool = True) -> str:
    """Plan an item, approved by another."""

    def work(uow: UnitOfWork) -> str:
        book = ContentCalendar(uow, at("2026-11-25T10:00"), "张编辑")
        item = book.add(text)
        if approved:
            book.submit(item)
            replace(book, actor="李主管").approve(item)
        return item.number

    return desk.ways.run(work)


def item(desk: Desk, number: str) -> ContentItem:
    """Return an item as it is stored."""
    moment = at("2026-12-05T10:00")
    return desk.ways.read(lambda uow: ContentCalendar(uow, moment, "x").find(number))


def pushes(desk: Desk) -> list[OutboxItem]:
    """Return the touches."""
    return desk.outbox("knowledge")


def test_only_those_who_agreed_are_pushed_to_and_once(desk: Desk) -> None:
    """Yes, never asked, yes and then no, a web page: one of four; a second run adds nothing."""
    agreed(desk, 1, True)
    agreed(desk, 2)
    agreed(desk, 3, True, False)
    agreed(desk, 4, True, channel="webchat")
    number = plan(desk)
    assert run(desk, "content_calendar", "2026-12-05T09:50") == []
    assert len(run(desk, "content_calendar", MORNING)) == 1
    assert run(desk, "content_calendar", MORNING) == []
    [push] = pushes(desk)
    assert (push.conversation_id, push.status, push.campaign) == (1, "planned", f"content:{number}")
    assert push.body["text"].startswith("【保险知识】雪天行车\n")
    assert "退订" in push.body["text"]
    assert (item(desk, number).state, item(desk, number).record[:4]) == ("sent", "排了 1")


def test_what_was_pushed_leaves_only_while_the_customer_agrees(desk: Desk) -> None:
    """Taken back between the plan and the sending: not sent, with the reason."""
    agreed(desk, 1, True)
    agreed(desk, 2, True)
    plan(desk)
    run(desk, "content_calendar", MORNING)
    outside = Outside(desk.ways, now=at(MORNING) + timedelta(minutes=1))
    outside.add(
        Consent(conversation_id=2, customer_id=None, code="marketing", version="1",
                given=False, how="chat", at=outside.now)
    )  # fmt: skip
    assert [letter.channel for letter in outside.send()] == ["telegram"]
    ends = {push.conversation_id: (push.status, push.reason) for push in pushes(desk)}
    assert ends == {1: ("sent", ""), 2: ("suppressed", "没有客户的同意")}


def test_the_month_has_two_and_no_more(desk: Desk) -> None:
    """The third push within thirty days is planned as not sent, and says why."""
    agreed(desk, 1, True)
    for day in (5, 6, 7):
        plan(desk, replace(SNOW, on=date(2026, 12, day), title=f"第 {day} 天"))
        run(desk, "content_calendar", f"2026-12-0{day}T10:00")
    assert [(push.status, push.reason) for push in pushes(desk)] == [
        ("planned", ""), ("planned", ""), ("suppressed", content_push.ENOUGH),
    ]  # fmt: skip


def test_nobody_approves_their_own_text(desk: Desk) -> None:
    """Refused in words, and by the database itself; what is not approved is never pushed."""
    agreed(desk, 1, True)
    number = plan(desk, approved=False)

    def alone(uow: UnitOfWork) -> None:
        book = ContentCalendar(uow, at("2026-11-25T10:00"), "张编辑")
        found = book.find(number)
        book.submit(found)
        book.approve(found)

    with pytest.raises(Refused, match="另一个人批准"):
        desk.ways.run(alone)
    assert run(desk, "content_calendar", MORNING) == []
    by_hand = update(ContentItem).values(state="approved", approver="张编辑")
    with pytest.raises(IntegrityError):
        desk.ways.run(lambda uow: uow.session.execute(by_hand))
    unseen = update(ContentItem).values(state="approved", approver=None)
    with pytest.raises(IntegrityError):
        desk.ways.run(lambda uow: uow.session.execute(unseen))


def test_what_is_a_day_late_is_not_made_up_for(desk: Desk) -> None:
    """Down for two days: missed, on record, and the trainer hears of it once."""
    agreed(desk, 1, True)
    number = plan(desk)
    run(desk, "content_calendar", "2026-12-07T08:00")
    run(desk, "content_calendar", "2026-12-07T08:10")
    assert (item(desk, number).state, pushes(desk)) == ("missed", [])
    found = desk.ways.read(lambda uow: list(staff_notices.newest(uow)))
    assert [notice.role for notice in found] == ["trainer"]


def test_an_article_is_posted_by_people_and_written_down(desk: Desk) -> None:
    """They are reminded once; where it was posted is on record."""
    number = plan(desk, replace(SNOW, way="article"))
    assert len(run(desk, "content_calendar", MORNING)) == 1
    assert run(desk, "content_calendar", "2026-12-05T10:10") == []

    def posted(uow: UnitOfWork) -> None:
        book = ContentCalendar(uow, at(MORNING), "张编辑")
        book.published(book.find(number), "公众号 12 月 5 日")

    desk.ways.run(posted)
    assert (item(desk, number).state, item(desk, number).record) == (
        "published",
        "公众号 12 月 5 日",
    )


def test_a_dry_run_lists_who_gets_it_and_writes_nothing(desk: Desk) -> None:
    """One line a customer with the verdict; the item is still due."""
    agreed(desk, 1, True)
    number = plan(desk)
    lines = run(desk, "content_calendar", MORNING, dry_run=True)
    assert lines[0].startswith(number)
    assert "会发（custom）" in lines[1]
    assert (item(desk, number).state, pushes(desk)) == ("approved", [])


def test_a_table_is_read_whole_or_not_at_all() -> None:
    """Names of columns as people write them; every mistake with its line and the remedy."""
    good = {
        "日期": "2026-12-05", "时间": "10:00", "栏目": "保险知识", "方式": "推送给同意的客户",
        "标题": "雪天行车", "内容": "慢一点。", "出处": "交管部门",
    }  # fmt: skip
    texts, errors = read_rows([(2, good)])
    assert (errors, texts[0].way, texts[0].at) == ([], "push", time(10))
    bad = [{**good, "日期": "明天"}, {**good, "出处": ""}, {**good, "时间": "22:00"}]
    _, errors = read_rows(list(enumerate(bad, 2)))
    assert [error[:7] for error in errors] == ["第 2 行：日", "第 3 行：要", "第 4 行：时"]
