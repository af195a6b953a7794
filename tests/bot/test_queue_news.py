"""What those who wait are told: their place now and then, and a call where waiting is no use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.bootstrap import App
from bot.dialogue import phrases
from bot.dialogue.message import InboundMessage
from bot.result import Claim
from storage.models.case import Handoff, Ticket
from storage.unit_of_work import UnitOfWork
from tests.bot.handoff_kit import Scene, hire, thread
from tests.fakes import NOON


@pytest.fixture
def scene(make_app: Callable[[], App]) -> Scene:
    """A desk with one agent at noon."""
    made = Scene(make_app())
    made.app.transactions.run(lambda uow: hire(uow, "甲", NOON))
    return made


def asks(scene: Scene, uow: UnitOfWork, channel: str, peer: str) -> int:
    """Somebody on a channel wants a person; return the conversation."""
    scene.said += 1
    message = InboundMessage(channel, "a", peer, f"m{scene.said}", scene.now, "转人工")
    return scene.app.engine.turn(uow, message, scene.now, Claim(late=True)).conversation


def told(uow: UnitOfWork, conversation: int) -> int:
    """Return how often a place was told."""
    return sum(
        "还在排队" in text for author, text in thread(uow, conversation) if author == "system"
    )


def test_a_place_is_told_ever_more_rarely_and_on_wechat_once(scene: Scene) -> None:
    """The web hears of it again and again with growing gaps; WeChat's allowance is the agent's."""

    def work(uow: UnitOfWork) -> tuple[list[int], int]:
        others = [asks(scene, uow, "webchat", f"p{n}") for n in range(9)]
        web, chat = asks(scene, uow, "webchat", "w"), asks(scene, uow, "wechat", "c")
        times = []
        for number in others:
            scene.desk(uow).take(number, "甲")
            for _ in range(4):
                before = told(uow, web)
                scene.later(30)
                uow.floor.beat("甲", scene.now)
                scene.keep(uow)
                if told(uow, web) > before:
                    times.append(int((scene.now - NOON).total_seconds()))
        return times, told(uow, chat)

    times, chat = scene.app.transactions.run(work)
    gaps = [later - sooner for sooner, later in zip([0, *times], times, strict=False)]
    assert len(times) >= 3
    assert all(gap >= 60 * step for step, gap in enumerate(gaps, start=1))
    assert chat == 1


def test_who_would_wait_beyond_closing_time_is_offered_a_call(scene: Scene) -> None:
    """Few are taken in an hour and the evening is near: a button leads out, into a ticket."""
    scene.now = NOON.replace(hour=19, minute=30)

    def wait(uow: UnitOfWork) -> int:
        uow.floor.beat("甲", scene.now)
        for n in range(4):
            number = asks(scene, uow, "webchat", f"p{n}")
            if n < 3:
                scene.desk(uow).take(number, "甲")
        return asks(scene, uow, "webchat", "last")

    number = scene.app.transactions.run(wait)
    rows = scene.app.transactions.read(lambda uow: uow.conversations.after(number, 0, 9))
    offer = next(row["body"] for row in rows if "下班前" in row["body"].get("text", ""))
    assert "分钟" not in offer["text"]
    assert phrases.LEAVE_MESSAGE in offer["buttons"]

    def leave(uow: UnitOfWork) -> tuple[str, str, list[str]]:
        for text in (phrases.LEAVE_MESSAGE, "13900001111"):
            scene.said += 1
            said = InboundMessage("webchat", "a", "last", f"m{scene.said}", scene.now, text)
            scene.app.engine.turn(uow, said, scene.now, Claim(late=True))
        query = select(Handoff.status).where(Handoff.conversation_id == number)
        kinds = select(Ticket.kind).where(Ticket.conversation_id == number)
        row = uow.inbox.conversation(number)
        assert row is not None
        return str(uow.session.scalar(query)), row["owner"], list(uow.session.scalars(kinds))

    assert scene.app.transactions.run(leave) == ("closed", "bot", ["callback"])


def test_the_same_place_in_the_morning_is_minutes(scene: Scene) -> None:
    """With the day before them nobody is sent away."""

    def work(uow: UnitOfWork) -> bool:
        hours = scene.app.queue_keeper.hours
        evening = NOON.replace(hour=19, minute=30)
        return hours.beyond(NOON, 90) or not hours.beyond(evening, 31) or hours.beyond(evening, 30)

    assert not scene.app.transactions.read(work)
    assert not scene.app.queue_keeper.hours.beyond(NOON + timedelta(hours=10), 600)
