"""The state machine of complaints (`domain.md` 4.3), from the table a clerk can read; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError, Refused
from bot.yaml_text import safe_load
from storage.statuses import COMPLAINT_STATUSES

_FILE = Path(__file__).with_name("complaint_states.yaml")


@dataclass(frozen=True)
class Machine:
    """Where a complaint may go, and what must be said to get there."""

    ways: Mapping[str, frozenset[str]]
    needs: Mapping[str, tuple[str, ...]]
    milestones: Mapping[str, str]
    over: frozenset[str]
    words: Mapping[str, str]

    @property
    def states(self) -> frozenset[str]:
        """Return all states."""
        return frozenset(self.ways)

    def next(self, status: str, came_from: str = "") -> list[str]:
        """Return where a complaint may go, in the table's order; suspended ones go back."""
        onward = {*self.ways[status]}
        if status == "suspended" and came_from in self.ways:
            onward.add(came_from)
        return [state for state in self.ways if state in onward]

    def check(self, status: str, to: str, given: Mapping[str, Any], came_from: str = "") -> None:
        """Refuse a step that the table does not know, or that lacks what it takes."""
        allowed = self.next(status, came_from)
        if to not in allowed:
            onward = "、".join(map(label, allowed)) or "无"
            raise Refused(f"「{label(status)}」不能直接到「{label(to)}」，可以到：{onward}")
        if lacking := [self.words[n] for n in self.needs.get(to, ()) if not given.get(n)]:
            raise Refused(f"到「{label(to)}」要写明{'、'.join(lacking)}")


def label(state: str) -> str:
    """Return a state in words."""
    return COMPLAINT_STATUSES[state][0] if state in COMPLAINT_STATUSES else state


@lru_cache(maxsize=1)
def machine() -> Machine:
    """Return the machine; raise ConfigurationError with file, place and remedy."""
    return read(safe_load(_FILE.read_text(encoding="utf-8")))


def read(table: Mapping[str, Any]) -> Machine:
    """Return the machine of parsed YAML, checked."""
    ways = {state: set(onward) for state, onward in table["states"].items()}
    _known("states", ways, COMPLAINT_STATUSES)
    if lacking := [state for state in COMPLAINT_STATUSES if state not in ways]:
        raise ConfigurationError(f"{_FILE.name}：states 缺少 {'、'.join(lacking)}，请补上")
    for to, sources in table["side_ways"].items():
        _known("side_ways", [to], ways)
        _known(f"side_ways.{to}", sources, ways)
        for source in sources:
            ways[source].add(to)
    for state, onward in ways.items():
        _known(f"states.{state}", onward, ways)
    for state, needs in table["steps"].items():
        _known("steps", [state], ways)
        _known(f"steps.{state}", needs, table["words"])
    _known("over", table["over"], ways)
    _reachable(ways)
    return Machine(
        ways={state: frozenset(onward) for state, onward in ways.items()},
        needs={state: tuple(needs) for state, needs in table["steps"].items()},
        milestones=table["milestones"],
        over=frozenset(table["over"]),
        words=table["words"],
    )


def _reachable(ways: Mapping[str, Collection[str]]) -> None:
    """Every running state leads to an end, or a complaint could be stuck for ever."""
    stuck = [s for s, onward in ways.items() if not onward and s in ("received", "decided")]
    if stuck or "closed" not in ways["decided"]:
        raise ConfigurationError(
            f"{_FILE.name}：received 和 decided 要有去处，decided 要能到 closed"
        )


def _known(place: str, names: Collection[str], known: Collection[str]) -> None:
    if strays := [name for name in names if name not in known]:
        raise ConfigurationError(f"{_FILE.name}：{place} 里的 {'、'.join(strays)} 没有定义，请改正")
