"""Every order in which bot, two agents, customer, time and sender can act: nobody is talked over.

Each step is a transaction of the product; a random schedule decides which comes next. The sender
may hold what it leased while the floor passes on, lose its lease, or have to try again.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.bootstrap import App
from bot.handoff import Done
from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.episode import Episode
from storage.models.outbox import OutboxItem
from storage.outbox import Leased
from storage.unit_of_work import UnitOfWork
from tests.bot.handoff_kit import Scene, hire

Make = Callable[[], App]
# A sample for every day; all ten thousand, a quarter of an hour, by ANDA_SCHEDULES=4 (times each).
# PostgreSQL takes three times as long for each.
TIMES = int(os.environ.get("ANDA_SCHEDULES", "1"))
SCHEDULES = {"sqlite": 2_000 * TIMES, "postgresql": 500 * TIMES}
STEPS, A_COMMIT = 9, 100
# Each part has a branch of its own; PostgreSQL has work for just so many.
PARTS = 5
AGENTS = ("王敏", "李强")
_item, _message, _episode = table_of(OutboxItem), table_of(Message), table_of(Episode)
_WORDS = ("人工", "你好", "交强险赔多少")


@dataclass
class Schedule:
    """One random order of steps on a conversation of its own."""

    scene: Scene
    uow: UnitOfWork
    chance: random.Random
    peer: str
    conversation: int = 0
    seen: int = 0
    accepted: list[int] = field(default_factory=list)
    held: list[Leased] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    fence: int = 0

    def run(self) -> None:
        """Play the steps, then let everything settle, and look at what came out."""
        self._customer()
        steps = [self._customer, self._move, self._move, self._lease, self._send, self._look]
        for _ in range(STEPS):
            self.chance.choice(steps)()
        # Nobody is left waiting: the queue of the next schedule is empty again.
        self.scene.desk(self.uow).hand_back(self.conversation)
        self.scene.later(600)
        self._settle()
        self._check()

    def _customer(self) -> None:
        word = self.chance.choice(_WORDS)
        self.conversation = self.scene.customer(self.uow, word, self.peer)

    def _look(self) -> None:
        """A console shows the conversation; what is pressed later rests on this view."""
        self.seen = self.uow.conversations.get(self.conversation).owner_rev

    def _move(self) -> None:
        """An agent presses a button, perhaps on an old view."""
        agent, other = self.chance.sample(AGENTS, 2)
        desk, number = self.scene.desk(self.uow), self.conversation
        seen = self.chance.choice((None, self.seen))
        before = self.uow.conversations.get(number)
        moves: list[Callable[[], Done]] = [
            partial(desk.take, number, agent, seen),
            partial(desk.say, number, agent, "您好", str(self.chance.randrange(3)) + agent),
            partial(desk.transfer, number, agent, other, seen),
            partial(desk.release, number, agent, "小休"),
            partial(desk.hand_back, number, agent, seen),
        ]
        which = self.chance.randrange(len(moves))
        done = moves[which]()
        after = self.uow.conversations.get(number)
        if which == 1 and done.ok:
            assert (before.owner, before.agent) == ("agent", agent), "spoke without the floor"
            self.accepted.append(done.seq)
        if not done.ok:
            assert (after.owner, after.agent, after.owner_rev) == (
                *(before.owner, before.agent, before.owner_rev),
            ), "a refused move moved something"
            assert done.why

    def _lease(self) -> None:
        """A sender takes what is due; another one may still hold its own."""
        self.scene.later(1)
        self.held += [
            item
            for item in self.uow.outbox.lease("w", self.scene.now, 60, 5)
            if item.peer == self.peer and item.kind == "reply"
        ]

    def _send(self) -> None:
        """The channel takes it, or is down and it will be tried again."""
        if not self.held:
            return
        item = self.held.pop(0)
        if self.chance.random() < 0.3:
            later = self.scene.now + timedelta(seconds=2)
            self.uow.outbox.postpone(item.id, "w", later, "渠道忙")
            return
        self._hear(item)
        self.uow.outbox.settle(item.id, "w", "sent")

    def _hear(self, item: Leased) -> None:
        """The customer reads it: no older voice after a newer one, nothing twice."""
        query = select(_item.c.owner_rev).where(_item.c.id == item.id)
        rev = int(self.uow.connection.execute(query).scalar() or 0)
        assert item.id not in self.heard, "said twice"
        assert not self.heard or item.id > self.heard[-1], "out of order"
        assert rev >= self.fence, "an old voice after a person took the floor"
        opened = select(_episode.c.owner_rev).where(
            _episode.c.conversation_id == self.conversation,
            _episode.c.owner == "agent",
            _episode.c.owner_rev <= rev,
        )
        revs = self.uow.connection.execute(opened).scalars().all()
        self.fence = max([self.fence, *revs])
        self.heard.append(item.id)

    def _settle(self) -> None:
        while self.held:
            self._send()
        for _ in range(60):
            self.scene.later(61)
            self._lease()
            if not self.held:
                return
            while self.held:
                self._hear(item := self.held.pop(0))
                self.uow.outbox.settle(item.id, "w", "sent")

    def _check(self) -> None:
        """Everything said has one end, and every change of the floor one notice."""
        where = _message.c.conversation_id == self.conversation
        query = select(_message).where(where).order_by(_message.c.seq)
        said = self.uow.connection.execute(query).mappings().all()
        ends = {
            row.dedupe_key: row.status
            for row in self.uow.connection.execute(
                select(_item.c.dedupe_key, _item.c.status).where(
                    _item.c.conversation_id == self.conversation, _item.c.kind == "reply"
                )
            )
        }
        assert set(ends.values()) <= {"sent", "suppressed"}, ends
        for seq in self.accepted:
            assert ends[f"said:{self.conversation}:{seq}"] in ("sent", "suppressed")
        revs = [row["owner_rev"] for row in said if row["author"] == "system"]
        assert len(revs) == len(set(revs)), "two notices of one move"
        assert [row["seq"] for row in said] == list(range(1, len(said) + 1))
        where = _episode.c.conversation_id == self.conversation
        found = select(_episode).where(where).order_by(_episode.c.owner_rev)
        episodes = self.uow.connection.execute(found).mappings().all()
        assert [row["owner_rev"] for row in episodes] == list(range(1, len(episodes) + 1))
        assert sum(row["closed_at"] is None for row in episodes) == min(1, len(episodes))


@pytest.mark.parametrize("part", range(PARTS))
def test_random_schedules(make_app: Make, part: int) -> None:
    """No schedule breaks a rule, on either database."""
    scene = Scene(make_app())
    for name in AGENTS:
        scene.app.transactions.run(partial(hire, name=name, now=scene.now))
    count = SCHEDULES[scene.app.transactions.engine.dialect.name]
    assert count >= PARTS * A_COMMIT
    for start in range(part * A_COMMIT, count, PARTS * A_COMMIT):
        scene.app.transactions.run(partial(_some, scene, start))


def _some(scene: Scene, start: int, uow: UnitOfWork) -> None:
    for seed in range(start, start + A_COMMIT):
        Schedule(scene, uow, random.Random(seed), f"c{seed}").run()
