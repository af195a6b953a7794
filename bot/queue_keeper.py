"""Keeps the queue moving: who is gone, who is offered what, who waits too long.

Every step is safe to run twice and by several processes: the moves are compare-and-set, and on
PostgreSQL only one process keeps the queue at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from bot import assignment
from bot.clockwork.desk_hours import DeskHours
from bot.closing_time import ClosingTime
from bot.dialogue import phrases
from bot.handoff import Desk, GoOn
from bot.settings import Desk as Rules
from bot.settings import Settings
from storage.crypto import Cipher
from storage.floor import OFFLINE
from storage.queue import Queue
from storage.unit_of_work import UnitOfWork

_LOCK = 7_2026_11
_LEFT, _SILENT = "控制台断开", "没有应答新会话"


@dataclass(frozen=True)
class QueueKeeper:
    """One look at the queue; ``go_on`` is how the bot takes up a draft."""

    settings: Settings
    cipher: Cipher
    go_on: GoOn
    # While nobody listened here no page could be heard: absence is counted from then on.
    started: datetime | None = None

    @property
    def rules(self) -> Rules:
        """Return how fast the desk has promised to be."""
        return self.settings.desk

    @property
    def hours(self) -> DeskHours:
        """Return when the desk is staffed."""
        return DeskHours(self.rules.opens, self.rules.closes)

    def keep(self, uow: UnitOfWork, now: datetime) -> None:
        """Do what is due now."""
        if not _alone(uow):
            return
        self._bring_back(uow, now)
        uow.ownership.wake(now)
        ClosingTime(self.settings, self.cipher, self.go_on).close(uow, now)
        self._take_back_offers(uow, now)
        self._offer(uow, now)
        self._alarm(uow, now)
        self._tell_places(uow, now)

    def _bring_back(self, uow: UnitOfWork, now: datetime) -> None:
        """Whoever closed the lap-top leaves the customers to the others (F27)."""
        since = now - timedelta(seconds=self.rules.gone_seconds)
        if self.started is not None and since < self.started:
            return
        for agent in uow.floor.gone(since):
            for conversation in uow.floor.conversations_of(agent):
                Desk(uow, now, self.go_on, self.hours).release(
                    conversation, agent, _LEFT, gone=True
                )
        for agent in uow.floor.online_before(since):
            uow.floor.set_state(agent, OFFLINE, _LEFT, now)
            uow.ownership.tell("state", None, agent, now, {"state": OFFLINE, "reason": _LEFT})

    def _take_back_offers(self, uow: UnitOfWork, now: datetime) -> None:
        """An offer that nobody takes goes to somebody else, and its agent is not asked again.

        Who wrote to a customer meanwhile is at work; who did not is not there.
        """
        since = now - timedelta(seconds=self.rules.offer_seconds)
        for handoff in Queue(uow.session).unanswered_offers(since):
            agent = str(handoff.offered_to)
            declined = [*handoff.package.get("declined", ()), agent]
            handoff.package = {**handoff.package, "declined": declined}
            offered = handoff.offered_at or since
            handoff.offered_to = handoff.offered_at = None
            if uow.conversations.spoken_by(agent, offered):
                continue  # busy with another customer, not gone
            uow.floor.set_state(agent, "away", _SILENT, now)
            data = {"state": "away", "reason": _SILENT, "handoff": handoff.number}
            uow.ownership.tell("state", None, agent, now, data)
        uow.session.flush()

    def _offer(self, uow: UnitOfWork, now: datetime) -> None:
        """Offer what waits to those who can take it."""
        agents = uow.floor.agents()
        waiting = Queue(uow.session).waiting(agents) if agents else ()
        for number, agent in assignment.offers(waiting, agents):
            if uow.floor.offer(number, agent, now):
                uow.ownership.tell("offer", None, agent, now, {"handoff": number})
        uow.session.expire_all()

    def _alarm(self, uow: UnitOfWork, now: datetime) -> None:
        """Call the supervisors once when a request waits longer than was promised."""
        patience = timedelta(seconds=self.rules.alarm_seconds)
        for handoff in Queue(uow.session).to_alarm(now, now - patience):
            handoff.alarmed_at = now
            data = {"handoff": handoff.number, "level": handoff.level, "why": "等候超时"}
            uow.ownership.tell("alarm", handoff.conversation_id, None, now, data)

    def _tell_places(self, uow: UnitOfWork, now: datetime) -> None:
        """Tell customers that they have moved up; not too often, a channel may be tight."""
        if not self.hours.staffed(now):
            return
        uow.session.flush()
        gap = timedelta(seconds=self.rules.tell_every_seconds)
        desk = Desk(uow, now, self.go_on, self.hours)
        for handoff, place in Queue(uow.session).moved_up(now, gap, self.rules.tell_most):
            handoff.told_at, handoff.ahead = now, place
            handoff.told += 1
            minutes = uow.floor.minutes_to_wait(place, now)
            late = self.hours.beyond(now, minutes)
            text = phrases.STILL_WAITING.format(ahead=phrases.ahead(place, minutes, late=late))
            instead = (phrases.LEAVE_MESSAGE,) if late else ()
            desk.announce(handoff.conversation_id, text, *instead)


def _alone(uow: UnitOfWork) -> bool:
    """Tell whether no other process keeps the queue now; SQLite has one writer anyway."""
    if uow.connection.dialect.name != "postgresql":
        return True
    query = text("SELECT pg_try_advisory_xact_lock(:lock)")
    return bool(uow.connection.execute(query, {"lock": _LOCK}).scalar())
