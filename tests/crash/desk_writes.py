"""What a staff group's updates and the relay write, to be killed at every statement."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, cast

from sqlalchemy import Engine
from telegram import Bot

from bot.channels.robots.watch import Watch
from bot.channels.telegram.desk.intake import GroupIntake
from bot.channels.telegram.desk.relay import Relay
from bot.cli.staff import link_telegram
from bot.clockwork.desk_hours import DeskHours
from bot.dialogue.message import InboundMessage, Reply
from bot.settings import Desk, Robot, TelegramDesk
from storage.conversations import OpenConversation
from storage.group_desk import GroupDesk
from storage.models.case import Handoff
from storage.models.staff import StaffUser
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.fakes import NOON

CHAT, THREAD, PERSON, AGENT = -1001, 77, 501, "王敏"
_RULES = Desk()


def ready(uow: UnitOfWork) -> int:
    """Make a customer who waits, somebody who serves, and the topic between them; once."""
    message = InboundMessage("webchat", "web", "p1", "k", NOON, "人工")
    conversation = uow.conversations.open(message, NOON)
    if conversation.owner_rev:
        return conversation.id
    uow.session.add(StaffUser(name=AGENT, role="agent", password_hash="-", created_at=NOON))
    uow.session.flush()
    link_telegram(uow, AGENT, PERSON, NOON)
    said = {"author": "customer", "key": "k", "body": message.stored_body()}
    uow.conversations.record(conversation, [said], NOON)
    handoff = Handoff(
        number=uow.cases.number("HO", NOON), conversation_id=conversation.id, level="human",
        reason="客户要求转人工", status="open", package={}, opened_at=NOON, answer_by=NOON,
    )  # fmt: skip
    uow.cases.add(handoff)
    uow.ownership.pass_on(conversation, "queue", None, "人工", NOON)
    return conversation.id


def _go_on(_: UnitOfWork, __: OpenConversation, ___: str, ____: Any) -> list[Reply]:
    return []


def _later(_: Awaitable[Any]) -> None:
    raise AssertionError("no button is pressed here")


def serve(engine: Engine) -> None:
    """Relay, answer, note and close from the group; each update may have been here before."""
    ways = transactions(engine)
    relay = Relay(TelegramDesk(chat=CHAT), "7", "http://anda")
    watch = Watch([Robot.model_validate({"name": "desk", "url": "https://robot"})], "http://anda")
    hours = DeskHours(_RULES.opens, _RULES.closes)
    intake = GroupIntake(cast("Bot", None), CHAT, "7", ways, lambda: NOON, _go_on, hours, _later)
    number = ways.run(ready)
    ways.run(lambda uow: relay(uow, NOON))
    ways.run(lambda uow: watch(uow, NOON))
    ways.run(lambda uow: GroupDesk(uow.connection).name_thread(number, None, THREAD))
    for update, text in enumerate(("您好", "/note 很急", "请稍等", "/on", "/close 好了"), start=1):
        asyncio.run(intake.take(_update(update, text)))
        ways.run(lambda uow: relay(uow, NOON))
    ways.close()


def _update(number: int, text: str) -> dict[str, Any]:
    return {
        "update_id": number,
        "message": {
            "message_id": 100 + number,
            "date": int(NOON.timestamp()),
            "chat": {"id": CHAT, "type": "supergroup", "is_forum": True},
            "from": {"id": PERSON, "is_bot": False, "first_name": "员"},
            "message_thread_id": THREAD,
            "is_topic_message": True,
            "text": text,
        },
    }
