"""The pool of misses: cluster them, take them on, and make knowledge of them in one step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.errors import Refused
from bot.knowledge import live, past, seed
from knowledge_base.bodies import hash_of
from knowledge_base.entries import Entry
from knowledge_base.pooling import Leaders
from storage.knowledge_values import Text, Version
from storage.misses import Cluster, ClusterState
from storage.models.knowledge import OPEN_STATES
from storage.unit_of_work import UnitOfWork

SHOWN_STATES = ("open", "taken")
AT_ONCE = 5_000
_FIRST_FREE = 300
_WORDINGS = 12


def gather(uow: UnitOfWork, now: datetime) -> int:
    """Put what came since the last time into clusters; return how many questions that were.

    Oldest first, each to the leader it resembles most: the same pool gives the same clusters.
    """
    uow.misses.lock()
    waiting = uow.misses.unclustered(AT_ONCE)
    if not waiting:
        return 0
    leaders = Leaders(uow.misses.leaders())
    members: dict[int, int] = {}
    for miss in waiting:
        cluster = leaders.closest(miss.text)
        if cluster is None:
            cluster = uow.misses.found(miss.text, now)
            leaders.add(cluster, miss.text)
        members[miss.id] = cluster
    uow.misses.assign(members, now)
    return len(waiting)


def take(uow: UnitOfWork, number: int, state: ClusterState, actor: str, now: datetime) -> Cluster:
    """Say who works on a cluster, or that nobody needs to."""
    uow.misses.cluster(number)
    uow.misses.set_state(number, state, None if state == "open" else actor, now)
    return uow.misses.cluster(number)


def draft(
    uow: UnitOfWork, number: int, actor: str, now: datetime, said: Mapping[str, str]
) -> Version:
    """Begin a new entry with the questions of a cluster; ``said`` has its answer and source."""
    cluster = uow.misses.cluster(number)
    _refuse_twice(uow, cluster)
    wordings = _wordings(uow, number)
    code = said.get("id") or free_code(uow)
    if uow.knowledge.history(code):
        raise Refused(f"{code} 已经有了：请换一个编号，或用 --variant 加为它的问法")
    question = said.get("question") or cluster.leader
    others = tuple(text for text in wordings if text != question)
    entry = Entry(code, question, others, said.get("answer", ""), said.get("source", ""), "OP")
    made = uow.knowledge.draft(seed.text_of(entry), actor, now, f"来自第 {number} 组问题")
    uow.misses.set_state(number, "taken", actor, now, code)
    return made


def _refuse_twice(uow: UnitOfWork, cluster: Cluster) -> None:
    """One cluster, one draft at a time: two would fight for the same question."""
    code = cluster.entry
    if code and any(v.state in OPEN_STATES for v in uow.knowledge.history(code)):
        raise Refused(f"第 {cluster.id} 组已经写进 {code} 的草稿：请改那一份，或先把它删去")


def variant(uow: UnitOfWork, number: int, code: str, actor: str, now: datetime) -> Version:
    """Draft the questions of a cluster as new wordings of an entry."""
    uow.misses.cluster(number)
    known = current(uow, code)
    entry = live.entry(known)
    new = tuple(text for text in _wordings(uow, number) if text not in entry.texts)
    body: dict[str, Any] = dict(known.body) | {"variants": [*entry.variants, *new]}
    hashed = hash_of(body, known.effective_from, known.expires_at)
    text = Text(code, body, hashed, known.effective_from, known.expires_at)
    made = uow.knowledge.draft(text, actor, now, f"来自第 {number} 组问题")
    uow.misses.set_state(number, "taken", actor, now, code)
    return made


def current(uow: UnitOfWork, code: str) -> Version:
    """Return the version of an entry that an edit begins with: its draft, or what is live."""
    for version in uow.knowledge.history(code):
        if version.state in (*OPEN_STATES, "published"):
            return version
    raise Refused(f"没有 {code} 这一条")


def withdrawal(uow: UnitOfWork, code: str, actor: str, now: datetime, note: str) -> Version:
    """Propose to take an entry out."""
    known = current(uow, code)
    text = Text(code, known.body, known.hash, known.effective_from, known.expires_at, gone=True)
    return uow.knowledge.draft(text, actor, now, note[:500])


def free_code(uow: UnitOfWork) -> str:
    """Return the next code of our own; the first 247 belong to the outline."""
    return f"F{max(_FIRST_FREE, uow.knowledge.highest('F') + 1):03d}"


def _wordings(uow: UnitOfWork, number: int) -> list[str]:
    """Return what customers wrote, masked: it goes into a text that everybody reads."""
    asked = [past.shown(miss.text) for miss in uow.misses.of(number, AT_ONCE)]
    return list(dict.fromkeys(text for text in asked if text.strip()))[:_WORDINGS]
