"""Group robots: what is told to whom, once, in time, merged, and without a word of a customer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
from pydantic import SecretStr, ValidationError

from bot.bootstrap import App
from bot.handoff import Desk
from bot.settings import Robot
from bot.staff_parts import RelayStep, relays
from storage.models.base import table_of
from storage.models.case import Claim, Complaint
from storage.models.outbox import OutboxItem
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.robots_kit import KEY, FakeRobot, running
from tests.bot.handoff_kit import Scene
from tests.fakes import NOON

# Nothing in such a test depends on the kind of the database.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = "转人工，我叫张伟，电话13800001111"


@dataclass
class Place:
    """A process, its customers and two groups: one hears everything, the other only claims."""

    scene: Scene
    robot: FakeRobot

    @property
    def app(self) -> App:
        """Return the process's parts."""
        return self.scene.app

    def do(self, work: Callable[[UnitOfWork], object]) -> None:
        """Run and commit."""
        self.app.transactions.run(work)

    def asks(self, peer: str = "p1") -> None:
        """Let a customer ask for a person."""
        self.do(lambda uow: self.scene.customer(uow, WORDS, peer))

    def _step(self, step: RelayStep, uow: UnitOfWork) -> bool:
        return step(uow, self.scene.now)

    def look(self, seconds: int = 1) -> None:
        """Look, deliver and let a second pass, so many times."""

        async def work() -> None:
            for _ in range(seconds):
                for step in relays(self.app):
                    self.app.transactions.run(partial(self._step, step))
                await self.app.dispatcher.run_once()
                self.scene.later(1)

        asyncio.run(work())

    def fates(self) -> list[tuple[str, str]]:
        """Return status and reason of the posts."""
        table = table_of(OutboxItem)
        query = table.select().where(table.c.kind == "robot").order_by(table.c.id)
        rows = self.app.transactions.read(lambda uow: uow.connection.execute(query).all())
        return [(row.status, row.reason) for row in rows]


@pytest.fixture
def place(make_app: Callable[[], App]) -> Iterator[Place]:
    """A process with one robot, on both databases."""
    app = make_app()
    scene = Scene(app)
    app.clock = lambda: scene.now
    with running(lambda: float(scene.now.timestamp())) as robot:
        told = (Robot(name="desk", url=SecretStr(robot.url)),)
        app.settings = app.settings.model_copy(update={"robots": told})
        yield Place(scene, robot)


def _claim(uow: UnitOfWork, number: str, severity: str, at: datetime) -> None:
    uow.session.add(
        Claim(
            number=number, line="auto", facts={}, severity=severity, status="contact_due",
            owner="", next_step="", reported_at=at, updated_at=at,
        )
    )  # fmt: skip


def _complaint(uow: UnitOfWork, number: str, due: datetime) -> None:
    uow.session.add(
        Complaint(
            number=number, channel="phone", category="claims", severity="normal",
            status="investigating", owner="", facts={}, decision="", due_at=due,
            received_at=due - timedelta(days=15), due_on=due.date(), updated_at=due,
        )
    )  # fmt: skip


def test_a_group_hears_once_and_without_the_customer(place: Place) -> None:
    """A request, an urgent claim, a late complaint: one post, numbers and links only."""
    place.asks()
    place.do(lambda uow: _claim(uow, "CL20261123000001", "P0", NOON))
    place.do(lambda uow: _claim(uow, "CL20261123000002", "normal", NOON))
    place.do(lambda uow: _complaint(uow, "CP20261101000001", NOON - timedelta(hours=1)))
    place.look(5)
    (text,) = place.robot.texts
    assert "（3 条）" in text
    assert "CL20261123000001" in text
    assert "CL20261123000002" not in text
    assert "CP20261101000001" in text
    assert "/console/inbox?c=" in text
    assert "13800001111" not in text
    assert "张伟" not in text


def test_an_alarm_of_the_queue_is_told(place: Place) -> None:
    """Whoever waits longer than promised is told of again, as an alarm."""
    place.asks()
    place.look(2)
    place.scene.later(30 * 60)
    place.do(place.scene.keep)
    place.look(2)
    assert "主管提醒：human 等候超时" in place.robot.texts[-1]
    assert len(place.robot.texts) == 2


@ONE_DATABASE
def test_a_flood_is_merged_and_never_above_the_limit(place: Place) -> None:
    """Eighty requests in a minute: 20 posts a minute at most, nobody left out."""
    for number in range(80):
        place.asks(f"q{number}")
        if number % 4 == 0:
            place.look(3)
    place.look(40)
    assert place.robot.refused == 0
    times = [at for at, _ in place.robot.told]
    assert max(sum(at - 60 < other <= at for other in times) for at in times) <= 20
    total = sum(int(text.split("（")[1].split(" ")[0]) for text in place.robot.texts)
    assert total == 80


def test_who_was_taken_meanwhile_is_not_told(place: Place) -> None:
    """While the platform rests, a colleague takes one of them: only the other is told."""
    place.robot.answers.append((200, {"errcode": 45009}))
    place.asks("first")
    place.look(2)
    place.asks("second")
    place.asks("third")
    place.look(1)

    def take(uow: UnitOfWork) -> None:
        number = uow.conversations.id_of("webchat", "web", "third")
        assert number
        Desk(uow, place.scene.now).take(number, "王敏")

    place.do(take)
    place.look(70)
    assert place.robot.calls == 3
    assert [text.count("在等人接") for text in place.robot.texts] == [1, 1]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ((200, {"errcode": 93000}), "undeliverable", "93000"),
        ((200, {"errcode": 40058}), "failed", "40058"),
        ((200, {"errcode": 45009}), "due", "45009"),
        ((200, {"errcode": -1}), "due", "忙"),
        ((503, b"busy"), "due", "503"),
        ((200, b"<html>"), "unknown", "看不懂"),
        ((200, None), "unknown", "没有回音"),
        ((404, b""), "failed", "404"),
    ],
)
def test_each_answer_has_its_meaning(
    place: Place, answer: tuple[int, object], status: str, reason: str
) -> None:
    """What may have arrived is not said again; a dead address alarms the consoles, once."""
    place.robot.answers.append(answer)
    place.asks()
    place.look(2)
    place.do(lambda uow: _claim(uow, "CL20261123000009", "P0", NOON))
    ((got, why), *_) = place.fates()
    assert (got, reason in why) == (status, True), (got, why)
    assert KEY not in why
    events = place.app.transactions.read(lambda uow: uow.ownership.events_after(0, 100))
    alarms = [event for event in events if event["kind"] == "alarm"]
    assert len(alarms) == (status in ("failed", "undeliverable"))


def test_a_robot_says_only_what_it_was_asked_for(place: Place) -> None:
    """Events are chosen for each group."""
    only = place.app.settings.robots[0].model_copy(update={"events": ("claim_p0",)})
    place.app.settings = place.app.settings.model_copy(update={"robots": (only,)})
    place.asks()
    place.look(2)
    assert place.robot.texts == []
    place.do(lambda uow: _claim(uow, "CL20261123000003", "P0", NOON))
    place.look(2)
    assert len(place.robot.texts) == 1


def test_a_wrong_address_is_refused_at_the_start() -> None:
    """The operator reads what to do."""
    with pytest.raises(ValidationError, match="企业微信的群机器人页面"):
        Robot(name="desk", url=SecretStr("693a91f6"))
