"""Keeps the queue moving: who is gone, who is offered what, who waits too long.

Every step is safe to run twice and by several processes: the moves are compare-and-set, and on
PostgreSQL only one process keeps the queue at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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
from storage.models.case import Handoff
from storage.unit_of_work import UnitOfWork

_LOCK = 7_2026_11
_LEFT, _SILENT = "控制台断开", "没有应答新会话"
_URGENT = ("P0", "P1")


@dataclass(frozen=True)
class QueueKeeper:
    """One look at the queue; ``go_on`` is how the bot takes up a draft."""

    settings: Settings
    cipher: Cipher
    go_on: GoOn

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
        for place, handoff in enumerate(_lined_up(uow)):
            self._alarm(uow, handoff, now)
            self._tell_place(uow, handoff, place, now)

    def _bring_back(self, uow: UnitOfWork, now: datetime) -> None:
        """Whoever closed the lap-top leaves the customers to the others (F27)."""
        since = now - timedelta(seconds=self.rules.gone_seconds)
        for agent in uow.floor.gone(since):
            for conversation in uow.floor.conversations_of(agent):
                Desk(uow, now, self.go_on, self.hours).release(conversation, agent, _LEFT)
        for agent in uow.floor.online_before(since):
            uow.floor.set_state(agent, OFFLINE, _LEFT, now)
            uow.ownership.tell("state", None, agent, now, {"state": OFFLINE, "reason": _LEFT})

    def _take_back_offers(self, uow: UnitOfWork, now: datetime) -> None:
        """An offer that nobody takes goes to somebody else, and its agent is not asked again.

        Who wrote to a customer meanwhile is at work; who did not is not there.
        """
        since = now - timedelta(seconds=self.rules.offer_seconds)
        for handoff in uow.floor.open_handoffs():
            if handoff.offered_at is None or handoff.offered_at > since:
                continue
            agent = str(handoff.offered_to)
            declined = [*handoff.package.get("declined", ()), agent]
            handoff.package = {**handoff.package, "declined": declined}
            offered = handoff.offered_at
            handoff.offered_to = handoff.offered_at = None
            if uow.conversations.spoken_by(agent, offered):
                continue  # busy with another customer, not gone
            uow.floor.set_state(agent, "away", _SILENT, now)
            data = {"state": "away", "reason": _SILENT, "handoff": handoff.number}
            uow.ownership.tell("state", None, agent, now, data)
        uow.session.flush()

    def _offer(self, uow: UnitOfWork, now: datetime) -> None:
        """Offer what waits to those who can take it."""
        for number, agent in assignment.offers(uow.floor.waiting(), uow.floor.agents()):
            if uow.floor.offer(number, agent, now):
                uow.ownership.tell("offer", None, agent, now, {"handoff": number})
        uow.session.expire_all()

    def _alarm(self, uow: UnitOfWork, handoff: Handoff, now: datetime) -> None:
        """Call the supervisors once when a request waits longer than was promised."""
        patience = timedelta(seconds=self.rules.alarm_seconds)
        due = handoff.opened_at + patience if handoff.level in _URGENT else handoff.answer_by
        if now < due or handoff.package.get("alarmed"):
            return
        _mark(handoff, alarmed=now.isoformat())
        data = {"handoff": handoff.number, "level": handoff.level, "why": "等候超时"}
        uow.ownership.tell("alarm", handoff.conversation_id, None, now, data)

    def _tell_place(self, uow: UnitOfWork, handoff: Handoff, place: int, now: datetime) -> None:
        """Tell the customer when the place has moved up; not too often, a channel may be tight."""
        told = handoff.package.get("place", {})
        last = datetime.fromisoformat(told["at"]) if told else handoff.opened_at
        before = told.get("ahead", place + 1) if told else handoff.package.get("ahead")
        moved = before is None or place < before
        if (
            not moved
            or handoff.level in _URGENT
            or handoff.told >= self.rules.tell_most
            or now - last < timedelta(seconds=self.rules.tell_every_seconds)
            or not self.hours.staffed(now)
        ):
            return
        _mark(handoff, place={"at": now.isoformat(), "ahead": place})
        handoff.told += 1
        words = phrases.ahead(place, uow.floor.minutes_to_wait(place, now))
        Desk(uow, now, self.go_on, self.hours).announce(
            handoff.conversation_id, phrases.STILL_WAITING.format(ahead=words)
        )


def _lined_up(uow: UnitOfWork) -> list[Handoff]:
    found = uow.floor.open_handoffs()
    return sorted(found, key=lambda one: (one.level, one.opened_at, one.number))


def _mark(handoff: Handoff, **marks: Any) -> None:
    handoff.package = {**handoff.package, **marks}


def _alone(uow: UnitOfWork) -> bool:
    """Tell whether no other process keeps the queue now; SQLite has one writer anyway."""
    if uow.connection.dialect.name != "postgresql":
        return True
    query = text("SELECT pg_try_advisory_xact_lock(:lock)")
    return bool(uow.connection.execute(query, {"lock": _LOCK}).scalar())
