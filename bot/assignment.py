"""Who is offered which waiting customer: a pure function over the queue and the people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

GENERAL = "general"


@dataclass(frozen=True)
class Waiting:
    """An open request for a person; ``level`` sorts P0 before P1 before P2 before human."""

    number: str
    level: str
    skill: str
    opened_at: datetime
    offered_to: str | None = None
    declined: tuple[str, ...] = ()


@dataclass(frozen=True)
class Agent:
    """A person at work: ``load`` conversations of at most ``capacity``; free since ``since``.

    No skills means: takes everything. ``asked`` tells that an offer stands open: nobody can look
    at two at once.
    """

    name: str
    skills: frozenset[str]
    capacity: int
    load: int
    since: datetime
    asked: bool = False

    @property
    def free(self) -> bool:
        """Tell whether one more conversation fits."""
        return self.load < self.capacity and not self.asked

    def can(self, skill: str) -> bool:
        """Tell whether this agent works on such requests."""
        return not self.skills or skill in self.skills


def line_up(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Return the queue in the order of service: the most urgent first, then first come."""
    return sorted(waiting, key=lambda one: (one.level, one.opened_at, one.number))


def offers(waiting: Sequence[Waiting], agents: Sequence[Agent]) -> list[tuple[str, str]]:
    """Return (request, agent) pairs: each request to the least loaded agent who can take it.

    What is offered already keeps its agent's place, and its agent is asked for nothing else until
    the answer is there. An emergency goes to anybody who is free when
    nobody with the skill is, and even to somebody whose hands are full.
    """
    people = {agent.name: agent for agent in agents}
    for one in waiting:
        if one.offered_to in people:
            people[one.offered_to] = _busier(people[one.offered_to])
    found = []
    for one in line_up(waiting):
        if one.offered_to is None and (chosen := _chosen(one, list(people.values()))):
            people[chosen.name] = _busier(chosen)
            found.append((one.number, chosen.name))
    return found


def _busier(agent: Agent) -> Agent:
    return replace(agent, load=agent.load + 1, asked=True)


def _chosen(one: Waiting, agents: Sequence[Agent]) -> Agent | None:
    others = [agent for agent in agents if agent.name not in one.declined]
    fitting = [agent for agent in others if agent.can(one.skill)]
    pools = [[agent for agent in fitting if agent.free]]
    if one.level == "P0":
        pools += [[agent for agent in others if agent.free], fitting, others]
    for pool in pools:
        if pool:
            return min(pool, key=lambda agent: (agent.load / agent.capacity, agent.since))
    return None
