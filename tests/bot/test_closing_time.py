"""Closing time: nobody is left waiting over night without knowing, and nobody is told twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.bootstrap import App
from storage.models.case import Handoff, Ticket
from storage.unit_of_work import UnitOfWork
from tests.bot.handoff_kit import Scene, hire, thread
from tests.fakes import NOON

EVENING = NOON.replace(hour=19, minute=55)


@pytest.fixture
def scene(make_app: Callable[[], App]) -> Scene:
    """A branch five minutes before it closes."""
    return Scene(make_app(), EVENING)


def run(scene: Scene, work: Callable[[UnitOfWork], None]) -> None:
    """Do something in a transaction."""
    scene.app.transactions.run(work)


def told(uow: UnitOfWork, conversation: int) -> list[str]:
    """Return what the service said about the end of the day."""
    return [text for author, text in thread(uow, conversation) if "人工服务时间到了" in text]


def test_whoever_waits_at_closing_time_gets_a_ticket_and_is_told_once(scene: Scene) -> None:
    """The call is promised for the next opening hours; the queue is empty, the bot goes on."""

    def work(uow: UnitOfWork) -> None:
        number = scene.customer(uow, "转人工")
        scene.keep(uow)
        assert told(uow, number) == []
        scene.later(6 * 60)
        for _ in range(3):
            scene.keep(uow)
            scene.later(60)
        [ticket] = uow.session.scalars(select(Ticket)).all()
        [text] = told(uow, number)
        assert ticket.number in text
        morning = (EVENING + timedelta(days=1)).date()
        assert (ticket.kind, ticket.due_at.date(), ticket.due_at.hour) == ("callback", morning, 10)
        assert f"{ticket.due_at:%m月%d日 %H:%M}" in text
        assert uow.floor.open_handoffs() == []
        assert uow.conversations.get(number).owner == "bot"

    run(scene, work)


def test_a_draft_goes_on_with_the_bot(scene: Scene) -> None:
    """What was half done before «人工» is asked on after the notice."""

    def work(uow: UnitOfWork) -> None:
        number = scene.customer(uow, "我要报案，车被追尾了，人没事")
        scene.customer(uow, "转人工")
        scene.later(6 * 60)
        scene.keep(uow)
        words = thread(uow, number)
        place = next(n for n, (_, text) in enumerate(words) if "人工服务时间到了" in text)
        assert {author for author, _ in words[place + 1 :]} == {"bot"}

    run(scene, work)


def test_emergencies_and_whoever_is_being_served_stay(scene: Scene) -> None:
    """Somebody is on duty for danger; an agent in the middle of a talk keeps it."""

    def work(uow: UnitOfWork) -> None:
        hire(uow, "甲", scene.now)
        scene.customer(uow, "撞车了，有人流血昏迷")
        served = scene.customer(uow, "转人工", "p2")
        assert scene.desk(uow).take(served, "甲").ok
        scene.later(6 * 60)
        uow.floor.beat("甲", scene.now)
        scene.keep(uow)
        assert uow.session.scalars(select(Ticket).where(Ticket.kind == "callback")).all() == []
        levels = [one.level for one in uow.floor.open_handoffs()]
        assert levels == ["P0"]
        assert uow.conversations.get(served).owner == "agent"

    run(scene, work)


def test_a_request_of_the_night_keeps_its_promise_and_its_ticket(scene: Scene) -> None:
    """It waits for the morning; if nobody comes all day, it goes on with the ticket it has."""

    def work(uow: UnitOfWork) -> None:
        scene.later(60 * 60)
        number = scene.customer(uow, "转人工")
        scene.keep(uow)
        assert told(uow, number) == []
        [before] = uow.session.scalars(select(Ticket)).all()
        scene.later(24 * 3600)
        scene.keep(uow)
        [after] = uow.session.scalars(select(Ticket)).all()
        assert after.number == before.number
        [text] = told(uow, number)
        assert before.number in text
        statuses = uow.session.scalars(select(Handoff.status)).all()
        assert statuses == ["closed"]

    run(scene, work)


def test_at_night_one_time_is_promised_everywhere(scene: Scene) -> None:
    """What the customer hears, the request in the queue and its ticket are due together; whoever
    steps back and asks again keeps the ticket."""

    def work(uow: UnitOfWork) -> None:
        scene.later(3 * 60 * 60)
        for text in ("转人工", "不用人工了", "转人工"):
            number = scene.customer(uow, text)
            scene.later(60)
        [ticket] = uow.session.scalars(select(Ticket)).all()
        [request] = uow.floor.open_handoffs()
        assert request.answer_by == ticket.due_at
        promised = f"{ticket.due_at:%m月%d日 %H:%M} 前"
        said = [text for author, text in thread(uow, number) if author == "bot" and "登记" in text]
        assert len(said) == 2
        assert all(promised in text and ticket.number in text for text in said)
        rules = scene.app.settings.desk
        opening = datetime.combine(ticket.due_at.date(), rules.opens, EVENING.tzinfo)
        assert ticket.due_at == opening + timedelta(hours=rules.call_back_hours)

    run(scene, work)


def test_what_was_put_aside_comes_back(scene: Scene) -> None:
    """When its time comes, and at once when the customer says something."""

    def work(uow: UnitOfWork) -> None:
        hire(uow, "甲", scene.now)
        number = scene.customer(uow, "转人工")
        scene.desk(uow).take(number, "甲")

        def asleep() -> bool:
            row = uow.inbox.conversation(number)
            assert row is not None
            return row["snoozed_until"] is not None

        uow.ownership.snooze(number, scene.now + timedelta(minutes=2), scene.now)
        assert asleep()
        scene.customer(uow, "还在吗")
        assert not asleep()
        uow.ownership.snooze(number, scene.now + timedelta(minutes=2), scene.now)
        scene.later(121)
        uow.floor.beat("甲", scene.now)
        scene.keep(uow)
        assert not asleep()

    run(scene, work)
