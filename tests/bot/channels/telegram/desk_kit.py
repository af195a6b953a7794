"""A staff group with topics, its members, and a process whose time goes on step by step."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.bootstrap import App
from bot.channels.inbox import ChannelInbox
from bot.cli.staff import link_telegram
from bot.dialogue.message import InboundMessage
from bot.handoff import Desk, Done
from bot.settings import TelegramDesk
from bot.staff_parts import RelayStep, relays
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.telegram.fake_api import FakeBotApi
from tests.bot.channels.telegram.kit import NOW, Json, Process, on_telegram

GROUP = -1001234567890
PEOPLE = {"王敏": 501, "李强": 502, "周主管": 503, "何核保": 504}
ROLES = {"王敏": "agent", "李强": "agent", "周主管": "supervisor", "何核保": "underwriting"}
_updates = itertools.count(5_000_000)
_messages = itertools.count(70_000)
_STEPS = 60
# The platform's pace leaves so much between two posts.
_PACE_S = 4


@dataclass
class Group:
    """The group, the customers beside it, and what the process makes of both."""

    process: Process
    now: datetime = NOW
    said: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def app(self) -> App:
        """Return the process's parts."""
        return self.process.app

    @property
    def api(self) -> FakeBotApi:
        """Return the platform."""
        return self.process.api

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    async def settle(self) -> None:
        """Relay and deliver until nothing is new any more; a second passes each time."""
        quiet = 0
        for _ in range(_STEPS):
            before = len(self.api.sent)
            for relay in relays(self.app):
                self.app.transactions.run(partial(self._step, relay))
            await self.process.deliver()
            self.later(1)
            quiet = 0 if len(self.api.sent) > before else quiet + 1
            if quiet > _PACE_S:
                return

    def _step(self, relay: RelayStep, uow: UnitOfWork) -> bool:
        return relay(uow, self.now)

    async def customer(self, text: str, peer: str = "p1", **more: Any) -> None:
        """Say something on the web page and let everything settle."""
        await self.heard_from(text, peer, **more)
        await self.settle()

    async def heard_from(self, text: str, peer: str, **more: Any) -> None:
        """Say something on the web page."""
        key = f"m{next(self.said)}"
        message = InboundMessage("webchat", "web", peer, key, self.now, text, **more)
        await ChannelInbox(self.app.inbox).handle(message)

    def conversation(self, peer: str = "p1") -> int:
        """Return the conversation of a web customer."""
        return self.app.transactions.read(
            lambda uow: uow.conversations.id_of("webchat", "web", peer) or 0
        )

    def owner(self, peer: str = "p1") -> tuple[str, str | None]:
        """Return who has a customer's conversation."""
        number = self.conversation(peer)
        found = self.app.transactions.read(lambda uow: uow.conversations.get(number))
        return found.owner, found.agent

    def heard(self, peer: str = "p1") -> list[str]:
        """Return what a customer was told by people."""
        number = self.conversation(peer)
        rows = self.app.transactions.read(lambda uow: uow.conversations.after(number, 0, 500))
        return [row["body"]["text"] for row in rows if row["author"] == "agent"]

    def at_the_console(self, move: Callable[[Desk, int], Done], peer: str = "p1") -> Done:
        """Do what a colleague does at the console."""
        number, go_on = self.conversation(peer), self.app.engine.go_on
        return self.app.transactions.run(lambda uow: move(Desk(uow, self.now, go_on), number))

    def thread(self, number: int = 0) -> int:
        """Return the number of a topic, the first one by default."""
        return list(self.api.topics)[number]

    def posts(self, number: int = 0) -> list[str]:
        """Return what stands in a topic."""
        return self.api.posts(self.thread(number))

    async def bring(self, *updates: Json) -> None:
        """Bring updates to the webhook and let everything settle."""
        for update in updates:
            assert await self.process.post(update) == 200
        await self.settle()


def message(who: str | int, thread: int, **what: Any) -> Json:
    """Return an update: a message of the group; ``thread`` 0 is outside of topics."""
    number = PEOPLE[who] if isinstance(who, str) else who
    place = {"message_thread_id": thread, "is_topic_message": True} if thread else {}
    return {
        "update_id": next(_updates),
        "message": {
            "message_id": next(_messages),
            "date": int(NOW.timestamp()),
            "chat": {"id": GROUP, "type": "supergroup", "title": "坐席群", "is_forum": True},
            "from": {"id": number, "is_bot": False, "first_name": "员"},
            **place,
            **what,
        },
    }


def says(who: str | int, thread: int, text: str) -> Json:
    """Return an update: a member writes."""
    return message(who, thread, text=text)


def presses(who: str | int, data: str) -> Json:
    """Return an update: a member presses a button of ours."""
    number = PEOPLE[who] if isinstance(who, str) else who
    chat = {"id": GROUP, "type": "supergroup", "title": "坐席群", "is_forum": True}
    below = {"message_id": 1, "date": int(NOW.timestamp()), "chat": chat, "text": "x"}
    person = {"id": number, "is_bot": False, "first_name": "员"}
    query = {"id": f"q{number}", "from": person, "chat_instance": "c", "data": data}
    return {"update_id": next(_updates), "callback_query": {**query, "message": below}}


def hired(uow: UnitOfWork, names: Sequence[str] = tuple(PEOPLE)) -> None:
    """Give these people accounts here and connect theirs on Telegram."""
    for name in names:
        uow.session.add(StaffUser(name=name, role=ROLES[name], password_hash="-", created_at=NOW))
    uow.session.flush()
    for name in names:
        link_telegram(uow, name, PEOPLE[name], NOW)


def group_of(app: App, api: FakeBotApi, folder: Path, **changes: Any) -> Group:
    """Switch the channel and its group on, with people in it."""
    desk = TelegramDesk(chat=GROUP, **changes)
    on_telegram(app, api, folder, desk=desk)
    made = Group(Process(app, api))
    app.clock = lambda: made.now
    app.transactions.run(hired)
    return made
