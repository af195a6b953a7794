"""The queue as its keeper looks at it every second: only the rows that something is due for.

Ten thousand may wait; what is sealed in a request is opened for a handful of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.assignment import Agent, Waiting
from storage.models.case import Handoff
from storage.models.conversation import Conversation

URGENT = ("P0", "P1")
# Channels whose platform counts what we send after a word of the customer.
METERED = ("wechat",)
_LONGEST_GAP = 10
# As many are told or looked at in one go; the next look takes the next ones.
AT_ONCE = 50
_SPARE = 100


class Queue:
    """The requests that wait; never commits."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def waiting(self, agents: Sequence[Agent]) -> list[Waiting]:
        """Return what these agents could be offered: for each trade the front of its queue.

        What is offered already is among them, and every emergency.
        """
        found = {one.number: one for one in self._some(Handoff.offered_to.is_not(None), None)}
        urgent = self._some(and_(Handoff.level == "P0", Handoff.offered_to.is_(None)), AT_ONCE)
        found |= {one.number: one for one in urgent}
        free = [agent for agent in agents if agent.free]
        places = sum(agent.capacity - agent.load for agent in free) + _SPARE
        for skills in {agent.skills for agent in free}:
            unasked: ColumnElement[bool] = Handoff.offered_to.is_(None)
            if skills:
                unasked = and_(unasked, Handoff.skill.in_(sorted(skills)))
            found |= {one.number: one for one in self._some(unasked, places)}
        return [
            Waiting(
                number=one.number,
                level=one.level,
                skill=one.skill,
                opened_at=one.opened_at,
                offered_to=one.offered_to,
                declined=tuple(one.package.get("declined", ())),
            )
            for one in found.values()
        ]

    def _some(self, condition: ColumnElement[bool], limit: int | None) -> Sequence[Handoff]:
        query = select(Handoff).where(Handoff.status == "open", condition)
        ordered = query.order_by(Handoff.level, Handoff.opened_at, Handoff.number)
        return self.session.scalars(ordered.limit(limit)).all()

    def unanswered_offers(self, since: datetime) -> Sequence[Handoff]:
        """Return what was offered before ``since`` and is not taken."""
        return self._some(Handoff.offered_at <= since, None)

    def to_alarm(self, now: datetime, urgent_since: datetime) -> Sequence[Handoff]:
        """Return what waits longer than was promised and nobody was called for yet."""
        late = or_(
            and_(Handoff.level.in_(URGENT), Handoff.opened_at <= urgent_since),
            and_(Handoff.level.not_in(URGENT), Handoff.answer_by <= now),
        )
        return self._some(and_(Handoff.alarmed_at.is_(None), late), AT_ONCE)

    def moved_up(self, now: datetime, gap: timedelta, most: int) -> list[tuple[Handoff, int]]:
        """Return whose place is better by a fifth than they know.

        Each time it takes a ``gap`` longer. Where the platform counts what we send, it is said
        ``most`` times: the rest is the agent's.
        """
        order = (Handoff.level, Handoff.opened_at, Handoff.number)
        places = (
            select(Handoff.id, (func.row_number().over(order_by=order) - 1).label("place"))
            .where(Handoff.status == "open")
            .subquery()
        )
        query = (
            select(Handoff, places.c.place)
            .join(places, places.c.id == Handoff.id)
            .join(Conversation, Conversation.id == Handoff.conversation_id)
            .where(
                Handoff.level.not_in(URGENT),
                or_(Handoff.told < most, Conversation.channel.not_in(METERED)),
                _long_ago(now, gap),
                or_(Handoff.ahead.is_(None), places.c.place * 5 <= Handoff.ahead * 4),
            )
            .order_by(places.c.place)
            .limit(AT_ONCE)
        )
        return [(one, int(place)) for one, place in self.session.execute(query)]

    def due_by(self, moment: datetime) -> Sequence[Handoff]:
        """Return what was to be answered by a moment, emergencies left out."""
        late = and_(Handoff.level.not_in(URGENT), Handoff.answer_by <= moment)
        return self._some(late, AT_ONCE)


def _long_ago(now: datetime, gap: timedelta) -> ColumnElement[bool]:
    """Tell whether somebody may be told again: one gap after asking, then two, then three…"""
    last = func.coalesce(Handoff.told_at, Handoff.opened_at)
    steps = [
        and_(Handoff.told == told, last <= now - gap * (told + 1)) for told in range(_LONGEST_GAP)
    ]
    return or_(*steps, and_(Handoff.told >= _LONGEST_GAP, last <= now - gap * _LONGEST_GAP))
