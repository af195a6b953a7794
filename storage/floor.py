"""People at work and customers who wait for them; never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.assignment import Agent
from bot.dialogue.phrases import NOBODY_FREE
from storage import desk_presence
from storage.models.base import table_of
from storage.models.case import Handoff
from storage.models.conversation import Conversation
from storage.models.episode import AgentPresence, AgentState
from storage.models.staff import StaffUser
from storage.rules.skills import skills

ONLINE, OFFLINE = "online", "offline"
STATES = (ONLINE, "busy", "away", OFFLINE)
DEFAULT_CAPACITY = 6
_LAST_HOUR = timedelta(hours=1)
_ENOUGH = 3
_presence = table_of(AgentPresence)


class Floor:
    """The desk of all agents."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def set_state(self, agent: str, state: str, reason: str, now: datetime) -> bool:
        """Begin a new interval; False when the agent is in this state already."""
        current = self.state_of(agent)
        if current and (current.state, current.reason) == (state, reason):
            return False
        if current:
            current.until = now
        self.session.add(AgentState(agent=agent, state=state, reason=reason, since=now, until=None))
        self.session.flush()
        return True

    def state_of(self, agent: str) -> AgentState | None:
        """Return the interval that is open for an agent."""
        query = select(AgentState).where(AgentState.agent == agent, AgentState.until.is_(None))
        return self.session.scalar(query.order_by(AgentState.id.desc()).limit(1))

    def beat(self, agent: str, now: datetime) -> None:
        """Note that an agent's console is open."""
        presence = self.session.get(AgentPresence, agent)
        if presence is None:
            self.session.add(AgentPresence(agent=agent, seen_at=now))
        elif presence.seen_at < now:
            presence.seen_at = now
        self.session.flush()

    def heard(self, seen: Mapping[str, datetime]) -> None:
        """Note when each of several consoles was last heard of, in one statement."""
        dialect = postgresql if self.session.get_bind().dialect.name == "postgresql" else sqlite
        rows = [{"agent": name, "seen_at": at} for name, at in sorted(seen.items())]
        made = dialect.insert(_presence).values(rows)
        self.session.execute(
            made.on_conflict_do_update(
                index_elements=["agent"],
                set_={"seen_at": made.excluded.seen_at},
                where=_presence.c.seen_at < made.excluded.seen_at,
            )
        )

    def gone(self, since: datetime) -> Sequence[str]:
        """Return the agents who have conversations and were last heard of before ``since``.

        Whoever has no console (a program, the platform's own desk) is never gone.
        """
        query = (
            select(AgentPresence.agent)
            .join(Conversation, Conversation.agent == AgentPresence.agent)
            .where(Conversation.owner == "agent", AgentPresence.seen_at < since)
            .distinct()
        )
        return self.session.scalars(query).all()

    def online_before(self, since: datetime) -> Sequence[str]:
        """Return the agents who count as at work and were last heard of before ``since``."""
        query = (
            select(AgentState.agent)
            .join(AgentPresence, AgentPresence.agent == AgentState.agent)
            .where(
                AgentState.until.is_(None),
                AgentState.state != OFFLINE,
                AgentPresence.seen_at < since,
            )
        )
        return self.session.scalars(query).all()

    def conversations_of(self, agent: str) -> Sequence[int]:
        """Return the conversations that an agent has."""
        query = select(Conversation.id).where(
            Conversation.owner == "agent", Conversation.agent == agent
        )
        return self.session.scalars(query.order_by(Conversation.id)).all()

    def agents(self) -> Sequence[Agent]:
        """Return the agents who are online, with what they can and have."""
        load = (
            select(Conversation.agent, func.count().label("load"))
            .where(Conversation.owner == "agent")
            .group_by(Conversation.agent)
            .subquery()
        )
        query = (
            select(AgentState, StaffUser, load.c.load)
            .join(StaffUser, StaffUser.name == AgentState.agent)
            .outerjoin(load, load.c.agent == AgentState.agent)
            .where(AgentState.until.is_(None), AgentState.state == ONLINE)
        )
        return [
            Agent(
                name=user.name,
                skills=_skills(user),
                capacity=max(1, user.capacity or DEFAULT_CAPACITY),
                load=count or 0,
                since=state.since,
            )
            for state, user, count in self.session.execute(query)
        ]

    def open_handoffs(self) -> Sequence[Handoff]:
        """Return the requests that wait, first come first."""
        query = select(Handoff).where(Handoff.status == "open").order_by(Handoff.id)
        return self.session.scalars(query).all()

    def offer(self, number: str, agent: str, now: datetime) -> bool:
        """Offer an open request; False when it was taken or offered meanwhile."""
        done = self.session.connection().execute(
            update(Handoff)
            .where(Handoff.number == number, Handoff.status == "open", Handoff.offered_to.is_(None))
            .values(offered_to=agent, offered_at=now)
        )
        return done.rowcount == 1

    def minutes_to_wait(self, ahead: int, now: datetime) -> int:
        """Return the expected wait by how many were taken in the last hour.

        0 = not known; `phrases.NOBODY_FREE` = nobody is at work who could take anybody, neither
        at the console nor in the staff group.
        """
        at_work = select(AgentState.id).where(
            AgentState.until.is_(None), AgentState.state.in_((ONLINE, "busy"))
        )
        if self.session.scalar(at_work.limit(1)) is None and not desk_presence.at_work(
            self.session.connection(), now
        ):
            return NOBODY_FREE
        query = select(func.count()).where(Handoff.taken_at >= now - _LAST_HOUR)
        taken = int(self.session.scalar(query) or 0)
        return -(-(ahead + 1) * 60 // taken) if taken >= _ENOUGH else 0


def _skills(user: StaffUser) -> frozenset[str]:
    """Return what somebody takes: what is written down, else the queue of their role, else all."""
    of_role = skills().by_role().get(user.role)
    return frozenset(map(str, user.skills or ([of_role] if of_role else ())))
