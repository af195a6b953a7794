"""A small form, and a conversation with it that needs no database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.manager import DialogueManager
from bot.dialogue.message import Reply
from bot.dialogue.reading import Escalation, Reading
from bot.dialogue.registry import Registry
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.slot_types.text import free_text
from bot.dialogue.slot_types.yes_no import yes_no
from bot.dialogue.state import DialogueState
from bot.dialogue.understand import Understander
from tests.fakes import NOON, FakeKnowledge, FakeOffice, FakeReader


class Towing(Flow):
    """Order a tow truck."""

    name = "towing"
    title = "叫拖车"
    version = 2
    renamed: ClassVar = {"car": "plate"}
    changed_in: ClassVar = {2: ("blocked",)}
    taps = ("叫拖车",)

    plate = Slot(plate, label="车牌号", called=("车牌",), ask="车牌号？", help="比如津A12345。")
    blocked = Slot(yes_no, label="挡路", ask="挡路吗？")
    lane = Slot(free_text, label="车道", ask="哪条车道？", when=lambda f: f.blocked)
    phone = Slot(phone, label="联系电话", called=("电话",), ask="电话？", remembered=True)
    note = Slot(free_text, label="备注", ask="备注？", optional=True)

    def submit(self, office: BackOffice) -> Outcome:
        """Open a ticket."""
        return Outcome.say("拖车单号 " + office.open_ticket(self.name, self.values))


class CallMe(Flow):
    """Ask for a call."""

    name = "call_me"
    title = "回电"
    taps = ("给我回电",)

    phone = Slot(phone, label="联系电话", ask="打哪个电话？", remembered=True, deferrable=False)
    why = Slot(free_text, label="事由", ask="什么事？", deferrable=False)

    def submit(self, office: BackOffice) -> Outcome:
        """Open a ticket."""
        return Outcome.say("回电单号 " + office.open_ticket(self.name, self.values))


class Thanks(Flow):
    """Be thanked."""

    name = "thanks"
    title = "感谢"
    taps = ("谢谢",)

    def submit(self, office: BackOffice) -> Outcome:
        """Say you are welcome."""
        return Outcome.say("不客气。")


READINGS = {
    "车坏了来拖一下": Reading("towing", 0.9),
    "让人给我打电话": Reading("call_me", 0.9),
    "好像是拖车的事": Reading("towing", 0.3),
    "着火了": Reading("towing", 0.2, Escalation("P0", "起火", "先离开，打 119。")),
}


ANSWERS = {
    "拖车要钱吗": "拖车免费。",
    "拖车怎么叫": "先报位置。再等电话。",
    "救援要钱吗": "救援也免费。",
    "救援有几种": " ",
}
OFFERS = {"拖车远不远": ["拖车怎么叫", "拖车要钱吗"]}
OTHERS = {"拖车要钱吗": "一分钱不收。"}


@dataclass
class Talk:
    """One customer, talking to the forms; the state goes through JSON after every message."""

    flows: Iterable[type[Flow]] = (Towing, CallMe, Thanks)
    office: FakeOffice = field(default_factory=FakeOffice)
    state: DialogueState = field(default_factory=DialogueState)

    def __post_init__(self) -> None:
        registry = Registry(self.flows)
        knowledge = FakeKnowledge(
            {**ANSWERS, "我的折扣": "九折。"}, OFFERS, OTHERS, hidden=frozenset({"我的折扣"})
        )
        self.understander = Understander(registry, FakeReader(READINGS), knowledge)
        self.manager = DialogueManager(registry, knowledge)
        self.at = NOON
        self.buttons: tuple[str, ...] = ()

    def say(self, text: str, after: timedelta = timedelta(seconds=5)) -> str:
        """Return what is said back to ``text``."""
        self.at += after
        self.office.now = self.at
        commands = self.understander.commands(text, self.state, self.at)
        turn = self.manager.advance(self.state, commands, self.office, self.at, text)
        self.state = through_json(turn.state)
        self.buttons = turn.replies[-1].buttons
        return "\n".join(map(_text, turn.replies))

    def says(self, *texts: str) -> str:
        """Say several things and return the last answer."""
        return [self.say(text) for text in texts][-1]

    @property
    def values(self) -> dict[str, Any]:
        """Return the stored values of the open flow."""
        top = self.state.top
        return {name: stored.value for name, stored in top.slots.items()} if top else {}

    @property
    def tickets(self) -> list[dict[str, Any]]:
        """Return what was opened."""
        return [dict(values) for _, _, values in self.office.opened]


def through_json(state: DialogueState) -> DialogueState:
    """Return the state as another process would load it."""
    return DialogueState.from_json(json.loads(json.dumps(state.to_json())))


def _text(reply: Reply) -> str:
    return reply.text
