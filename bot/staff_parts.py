"""Puts together what tells staff outside of the console: the group desk and the robots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.channels.inbox import ChannelInbox
from bot.channels.pacer import Pacer
from bot.channels.robots.sender import RobotSender
from bot.channels.robots.watch import CHANNEL, KIND, Watch
from bot.channels.telegram import parts as telegram
from bot.channels.telegram.desk.parts import DeskNeeds
from bot.clockwork.desk_hours import DeskHours
from bot.dialogue.message import Reply
from bot.dialogue.state import DialogueState
from bot.log import mask
from bot.outbox import Deliver
from storage.conversations import OpenConversation
from storage.models.case import Handoff
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from bot.bootstrap import App

RelayStep = Callable[[UnitOfWork, datetime], bool]


def telegram_parts(app: App) -> telegram.TelegramParts | None:
    """Return the Telegram channel with its staff group, None when it is off."""
    inbox = ChannelInbox(app.inbox)
    return telegram.of(app.settings, inbox, app.transactions, app.media, app.clock, desk_needs(app))


def desk_needs(app: App) -> DeskNeeds:
    """Return what the group desk asks of the product; nothing is loaded before it is needed."""
    hours = DeskHours(app.settings.desk.opens, app.settings.desk.closes)
    return DeskNeeds(
        public_url=app.settings.public_url,
        go_on=partial(_go_on, app),
        hours=hours,
        ring=lambda: _ring(app),
        facts=lambda handoff: facts(app, handoff),
    )


def _go_on(
    app: App, uow: UnitOfWork, conversation: OpenConversation, channel: str, now: datetime
) -> Sequence[Reply]:
    return app.engine.go_on(uow, conversation, channel, now)


def _ring(app: App) -> None:
    """Open consoles and the outbox look at once after somebody acted in the group."""
    app.news.ring()
    app.dispatcher.wake()


def facts(app: App, handoff: Handoff) -> Sequence[str]:
    """Return what the customer has told the open form, masked."""
    top = DialogueState.from_json({"stack": handoff.package.get("draft") or []}).top
    if top is None or top.flow not in app.registry.flows:
        return ()
    flow = app.registry.revive(top)
    filled = [slot for slot in flow.relevant() if slot.name in flow.values and slot.shown]
    told = [f"{slot.label}：{mask(slot.type.show(flow.values[slot.name]))}" for slot in filled]
    return [f"正在办：{flow.title}", *told]


def relays(app: App) -> Sequence[RelayStep]:
    """Return what looks for news every second."""
    found: list[RelayStep] = []
    if app.telegram and app.telegram.desk:
        found.append(app.telegram.desk.relay)
    if app.settings.robots:
        found.append(Watch(app.settings.robots, app.settings.public_url))
    return found


def routes(app: App) -> dict[tuple[str, str], Deliver]:
    """Return what delivers on Telegram, into its staff group, and the posts of the robots."""
    robots = {robot.name: robot for robot in app.settings.robots}
    pacers = {
        name: Pacer(app.transactions, f"{CHANNEL}:{name}", robot.per_minute, app.now)
        for name, robot in robots.items()
    }
    found: dict[tuple[str, str], Deliver] = {
        (KIND, CHANNEL): RobotSender(robots, pacers, app.transactions, app.now)
    }
    return found | (app.telegram.routes() if app.telegram else {})
