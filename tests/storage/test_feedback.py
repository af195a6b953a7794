"""The feedback box: four channels in, clusters, an improvement, the customer told (S85, S87)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, select

from bot import feedback
from bot.clock import SHANGHAI
from bot.errors import Refused
from scheduler.context import JobContext
from scheduler.jobs import supervision
from storage.feedback import CHANNELS, FeedbackBox, Told
from storage.improvements import Improvements
from storage.kpi import figures
from storage.kpi.definition import Period
from storage.models.case import Survey, Ticket
from storage.models.ledger import Event
from storage.models.outbox import OutboxItem
from storage.models.quality import Feedback
from storage.rules import feedback as rules
from tests.storage.claims_kit import Desk, desk_on

T = TypeVar("T")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
DAY = Period(date(2026, 11, 25), date(2026, 11, 25))


@pytest.fixture
def desk(database: Engine) -> Desk:
    """A branch with one conversation."""
    made = desk_on(database)
    made.converse()
    return made


def _box(desk: Desk, work: Callable[[FeedbackBox], T], now: datetime = NOW) -> T:
    return desk.ways.run(lambda uow: work(FeedbackBox(uow, now, "王敏")))


def _sort(desk: Desk) -> int:
    return desk.ways.run(lambda uow: feedback.sort(uow, NOW, NOW - timedelta(days=1)))


def _all(desk: Desk, model: type[Any]) -> list[Any]:
    query = select(model).order_by(model.id)
    return desk.ways.read(lambda uow: list(uow.session.scalars(query)))


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_of_the_four_channels_gets_in(channel: str, desk: Desk) -> None:
    """S85: chat, telephone note, e-mail note, form; classified, once."""
    told = Told(f"{channel}:1", channel, "建议你们把页面的字弄大点，看不清")
    assert _box(desk, lambda box: box.receive(told)) is not None
    assert _box(desk, lambda box: box.receive(told)) is None
    piece = _all(desk, Feedback)[0]
    assert (piece.nature, piece.category, piece.channel) == ("建议", "界面", channel)


def test_another_channel_and_silence_are_refused(desk: Desk) -> None:
    """Only what somebody said, and by a way that we know."""
    with pytest.raises(Refused, match="渠道"):
        _box(desk, lambda box: box.receive(Told("x", "fax", "太慢")))
    with pytest.raises(Refused, match="没有内容"):
        _box(desk, lambda box: box.receive(Told("x", "phone", "  ")))


@pytest.mark.parametrize(
    ("words", "nature", "category"),
    [
        ("查勘员小李很耐心，谢谢", "表扬", "理赔效率"),
        ("等了半小时没人接", "意见", "响应"),
        ("再不赔我就打12378", "投诉线索", "其他"),
        ("希望保费能便宜点", "建议", "产品"),
    ],
)
def test_words_are_classified_by_the_table(words: str, nature: str, category: str) -> None:
    """Praise, complaint, suggestion; about what."""
    assert (rules.nature(words), rules.category(words)) == (nature, category)


def test_tickets_and_survey_comments_are_collected(desk: Desk) -> None:
    """What was said in the chat and after a score lies in the same box, once."""

    def fill(uow: Any) -> None:
        uow.session.add(
            Ticket(
                number="TK20261125000001",
                conversation_id=1,
                kind="suggest",
                status="new",
                facts={"words": "建议开夜间人工"},
                opened_at=NOW,
                due_at=NOW,
            )
        )
        uow.session.add(
            Survey(
                key="k", conversation_id=1, about="claim", status="answered", score=2,
                comment="定损太慢", sent_at=NOW, answered_at=NOW,
            )
        )  # fmt: skip

    desk.ways.run(fill)
    assert _sort(desk) == 2
    assert _sort(desk) == 0
    assert {piece.words for piece in _all(desk, Feedback)} == {"建议开夜间人工", "定损太慢"}


def test_the_same_wish_lies_together(desk: Desk) -> None:
    """S87: two ways of saying it make one cluster, another matter another one."""
    said = ("建议晚上也有人工客服", "晚上也要有人工客服才好", "你们的查勘员非常专业")
    for n, words in enumerate(said):
        _box(desk, lambda box, n=n, words=words: box.receive(Told(f"k{n}", "phone", words)))  # type: ignore[misc]
    _sort(desk)
    one, two, three = _all(desk, Feedback)
    assert one.cluster_id == two.cluster_id != three.cluster_id
    assert one.status == "sorted"


def test_the_loop_is_closed_with_the_customer(desk: Desk) -> None:
    """S83, S87: cluster → measure with owner and date → done → everybody who said it is told."""
    for n, (channel, here) in enumerate((("chat", 1), ("phone", None))):
        told = Told(f"k{n}", channel, "建议晚上也有人工客服", "", here)
        _box(desk, lambda box, told=told: box.receive(told))  # type: ignore[misc]
    _sort(desk)
    cluster = _all(desk, Feedback)[0].cluster_id
    item = _box(desk, lambda box: box.improve(cluster, "夜间人工").id)
    with pytest.raises(Refused, match="完成以后"):
        _box(desk, lambda box: box.tell(item))

    def finish(uow: Any) -> None:
        ledger = Improvements(uow, NOW, "赵主管")
        ledger.take_on(item, "加夜班一人", "王敏", date(2026, 12, 1))
        ledger.close(item, "晚上 8 点到 11 点也有人工")

    desk.ways.run(finish)
    assert _box(desk, lambda box: box.tell(item)) == (1, 1)
    assert _box(desk, lambda box: box.tell(item)) == (0, 1)
    _box(desk, lambda box: box.mark_told(2))
    owed = [o for o in _all(desk, OutboxItem) if o.kind == "feedback"]
    assert "晚上 8 点到 11 点也有人工" in owed[0].body["text"]
    assert [piece.status for piece in _all(desk, Feedback)] == ["told", "told"]
    with desk.ways.engine.connect() as connection:
        counted = figures.table(connection, figures.DEFINITIONS["feedback_told"], DAY)
        closed = figures.table(connection, figures.DEFINITIONS["improvement_closed"], DAY)
    assert (counted.total.rows, counted.total.hits) == (2, 2)
    assert (closed.total.rows, closed.total.hits) == (1, 1)


def test_the_job_may_run_as_often_as_it_likes(desk: Desk) -> None:
    """Twice in a row: one row for the stock of policies of the day."""
    for _ in range(2):
        supervision.run(JobContext(desk.ways, desk.settings, desk.cipher), NOW)
    stocks = [e for e in _all(desk, Event) if e.kind == "stock"]
    assert [e.value for e in stocks] == [0]
