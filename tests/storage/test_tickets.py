"""Tickets: one model for every promise, its clock, owner, hand-over and reopening."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.errors import Refused
from bot.settings import Settings
from storage import schema
from storage.crypto import Cipher
from storage.database import open_engine
from storage.models.case import CaseEvent, Ticket
from storage.models.outbox import OutboxItem
from storage.tickets import TicketBook, overdue, status_label
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import SECRET, Desk, desk_on

T = TypeVar("T")
# A Wednesday; the desk answers every day from 8 to 20, the office works 8:30 to 17:30.
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A fresh SQLite database."""
    made = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET)
    schema.upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    """A branch whose time the test moves."""
    made = desk_on(engine)
    made.now = NOW
    yield made
    made.ways.close()


def work(desk: Desk, do: Callable[[TicketBook], T]) -> T:
    """Do something with the tickets and commit it."""

    def run(uow: UnitOfWork) -> T:
        return do(TicketBook(uow, desk.cipher, desk.settings, desk.now, "api:王敏"))

    return desk.ways.run(run)


def opened(desk: Desk, kind: str, conversation: int | None = None, **values: str) -> str:
    """Open a ticket and return its number."""
    return work(desk, lambda book: book.open(kind, values, conversation).number)


def the(book: TicketBook, number: str) -> Ticket:
    """Return a ticket that is there."""
    ticket = book.locked(number)
    assert ticket is not None
    return ticket


def found(desk: Desk, number: str) -> Ticket:
    """Return a ticket as it is stored."""
    return work(desk, lambda book: the(book, number))


def at(text: str) -> datetime:
    """Return a time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("kind", "now", "due"),
    [
        ("callback", "2026-11-25T10:00", "2026-11-25T12:00"),
        ("callback", "2026-11-22T09:30", "2026-11-22T11:30"),  # a Sunday: the desk answers
        ("callback", "2026-11-25T19:30", "2026-11-26T09:30"),  # half an hour today, the rest then
        ("callback", "2026-11-25T23:00", "2026-11-26T10:00"),
        ("question", "2026-11-25T10:00", "2026-11-26T17:30"),
        ("question", "2026-11-27T19:00", "2026-11-30T17:30"),  # over the weekend
        ("question", "2026-09-30T10:00", "2026-10-08T17:30"),  # over the National Day
        ("suggest", "2026-10-09T10:00", "2026-10-15T17:30"),  # Saturday the 10th is worked
        ("paper", "2026-11-25T10:00", "2026-11-30T17:30"),
        ("privacy_request", "2026-11-25T10:00", "2026-12-11T00:00"),
        ("rescue", "2026-11-25T23:00", "2026-11-25T23:30"),
        ("complaint_contact", "2026-11-25T11:00", "2026-11-25T16:30"),  # lunch is no work
    ],
)
def test_a_kind_has_its_clock(desk: Desk, kind: str, now: str, due: str) -> None:
    """Worked out by hand from the table of kinds and the calendar."""
    desk.now = at(now)
    assert found(desk, opened(desk, kind)).due_at == at(due)


def test_a_ticket_is_never_refused_for_a_missing_year(desk: Desk) -> None:
    """Where the calendar ends it is due by the desk's hours, and the reason says what to do."""
    desk.now = at("2026-12-31T16:00")
    number = opened(desk, "question")
    assert found(desk, number).due_at > desk.now
    reason = work(desk, lambda book: book.reason(the(book, number)))
    assert "anda data import calendar" in reason


@pytest.mark.parametrize(
    ("words", "queue"),
    [
        ("查勘员来得太慢", "claims"),
        ("希望能在线开发票", "underwriting"),
        ("机器人字太小", "knowledge"),
        ("表扬前台", "service"),
    ],
)
def test_an_opinion_goes_to_its_department(desk: Desk, words: str, queue: str) -> None:
    """S16: by its words, with a date, and closed only with a receipt."""
    number = opened(desk, "suggest", words=words)
    assert found(desk, number).queue == queue
    with pytest.raises(Refused, match="回执"):
        work(desk, lambda book: book.move(the(book, number), "done"))
    work(desk, lambda book: book.move(the(book, number), "done", note="已改进"))
    assert found(desk, number).closed_at == NOW


def test_a_question_is_answered_where_it_was_asked(desk: Desk) -> None:
    """S31, S32: the promised time stands on the ticket; the answer leaves by the outbox."""
    conversation = desk.converse()
    number = opened(desk, "question", conversation, words="指定修理厂")
    work(desk, lambda book: book.move(the(book, number), "done", reply="可以自己选修理厂。"))
    (item,) = desk.outbox("ticket_reply")
    assert item.conversation_id == conversation
    assert "可以自己选修理厂" in item.body["text"]
    assert "还有别的疑问" in item.body["text"]


def test_an_answer_needs_somebody_to_hear_it(desk: Desk) -> None:
    """Without conversation and phone the answer is a note; with a phone it is a short message."""
    number = opened(desk, "question")
    with pytest.raises(Refused, match="没有留下联系方式"):
        work(desk, lambda book: book.move(the(book, number), "done", reply="可以。"))
    assert found(desk, number).status == "new"
    called = opened(desk, "question", phone="13800000000")
    work(desk, lambda book: book.move(the(book, called), "done", reply="可以。"))
    (item,) = desk.outbox("ticket_reply")
    assert (item.channel, item.body["to"]) == ("sms", "13800000000")


def test_waiting_for_the_customer_stops_the_clock(desk: Desk) -> None:
    """Two days of waiting are two days more."""
    number = opened(desk, "privacy_request")
    desk.later(days=1)
    work(desk, lambda book: book.move(the(book, number), "waiting_customer", note="缺身份证明"))
    desk.later(days=20)
    waiting = found(desk, number)
    assert not overdue(waiting, desk.now)
    assert status_label(waiting, desk.now) == "等您补充"
    work(desk, lambda book: book.move(the(book, number), "assigned"))
    assert found(desk, number).due_at == at("2026-12-31T00:00")


def test_a_broken_promise_shows(desk: Desk) -> None:
    """Late is a matter of the clock; nobody has to say so."""
    number = opened(desk, "callback")
    desk.later(hours=2)
    assert overdue(found(desk, number), desk.now)
    assert "超过" in status_label(found(desk, number), desk.now)


def test_a_named_time_goes_before_the_clock(desk: Desk) -> None:
    """What was promised is what counts; another promise keeps the old one in the history."""
    promised = at("2026-11-26T15:00")
    number = work(desk, lambda b: b.open("callback", {}, promised_at=promised).number)
    assert found(desk, number).due_at == promised
    assert "承诺" in work(desk, lambda b: b.reason(the(b, number)))
    with pytest.raises(Refused, match="晚于现在"):
        work(desk, lambda b: b.promise(the(b, number), NOW, "改约"))
    work(desk, lambda b: b.promise(the(b, number), promised + timedelta(hours=1), "客户改约"))
    assert found(desk, number).due_at == at("2026-11-26T16:00")
    assert desk.events(number)[-1].data["before"] == promised.isoformat()


def test_a_hand_over_keeps_clock_and_reason(desk: Desk) -> None:
    """Queue and owner change, the day does not; an unknown queue is refused by name."""
    number = opened(desk, "callback")
    due = found(desk, number).due_at
    with pytest.raises(Refused, match="kitchen"):
        work(desk, lambda b: b.hand_over(the(b, number), "kitchen", None, "错"))
    work(desk, lambda b: b.hand_over(the(b, number), "claims", "李理赔", "问的是定损"))
    ticket = found(desk, number)
    assert (ticket.queue, ticket.owner, ticket.due_at) == ("claims", "李理赔", due)
    event = desk.events(number)[-1]
    assert (event.kind, event.data["reason"]) == ("handed_over", "问的是定损")


def test_reopening_starts_the_clock_anew(desk: Desk) -> None:
    """What is done is taken up again only by reopening, with a reason."""
    number = opened(desk, "callback")
    with pytest.raises(Refused, match="不用重开"):
        work(desk, lambda b: b.reopen(the(b, number), "早"))
    work(desk, lambda b: b.move(the(b, number), "done"))
    with pytest.raises(Refused, match="重开"):
        work(desk, lambda b: b.move(the(b, number), "assigned"))
    with pytest.raises(Refused, match="不能移交"):
        work(desk, lambda b: b.hand_over(the(b, number), "claims", None, "晚"))
    desk.now = at("2026-11-26T09:00")
    work(desk, lambda b: b.reopen(the(b, number), "客户说没打通"))
    ticket = found(desk, number)
    assert (ticket.status, ticket.closed_at) == ("new", None)
    assert ticket.due_at == at("2026-11-26T11:00")


def test_saying_the_same_twice_changes_nothing(desk: Desk) -> None:
    """One step, one line of history."""
    number = opened(desk, "callback")
    for _ in range(2):
        work(desk, lambda b: b.move(the(b, number), "assigned"))
    assert [event.kind for event in desk.events(number)] == ["opened", "assigned"]


def test_one_cause_makes_one_ticket(desk: Desk) -> None:
    """The unique key decides, also when asked again."""
    made = [
        work(desk, lambda b: b.open_once("improvement:x:2026-11", "improvement", {}, "x"))
        for _ in range(2)
    ]
    assert made[0] is not None
    assert made[1] is None


def test_everything_stored_reads_back(desk: Desk) -> None:
    """What the customer left is encrypted in the table and whole in the program."""
    number = opened(desk, "callback", phone="13800000000", words="下午回电")
    assert found(desk, number).facts == {"phone": "13800000000", "words": "下午回电"}
    query = select(CaseEvent.actor).where(CaseEvent.case_number == number)
    assert desk.ways.read(lambda uow: uow.session.scalar(query)) == "api:王敏"
    assert not desk.ways.read(lambda uow: uow.session.scalar(select(OutboxItem)))


def test_the_book_works_on_any_transactions(engine: Engine) -> None:
    """Nothing but a unit of work, cipher and settings is needed."""
    ways = transactions(engine)
    settings = Settings(secret_key=SECRET.decode())
    kinds = ways.run(
        lambda uow: TicketBook(uow, Cipher(SECRET), settings, NOW, "system").open("paper", {}).kind
    )
    assert kinds == "paper"
    ways.close()
