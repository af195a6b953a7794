"""The state machine of claims (`domain.md` 3.5), from the table a clerk can read; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.errors import ConfigurationError, Refused
from bot.yaml_text import safe_load
from storage.statuses import CLAIM_STATUSES

_FILE = Path(__file__).with_name("claim_states.yaml")


@dataclass(frozen=True)
class Machine:
    """Where a claim may go, and what it takes to get there."""

    ways: Mapping[str, frozenset[str]]
    needs: Mapping[str, tuple[str, ...]]
    has: Mapping[str, tuple[str, ...]]
    milestones: Mapping[str, str]
    milestone_states: Mapping[str, frozenset[str]]
    before_closing: Mapping[str, tuple[str, ...]]
    over: frozenset[str]
    words: Mapping[str, str]

    @property
    def states(self) -> frozenset[str]:
        """Return all states."""
        return frozenset(self.ways)

    def next(self, status: str, came_from: str = "") -> list[str]:
        """Return where a claim may go, in the order of the table; suspended ones go back."""
        onward = {*self.ways[status]}
        if status == "suspended" and came_from in self.ways:
            onward.add(came_from)
        return [state for state in self.ways if state in onward]

    def check(
        self,
        status: str,
        to: str,
        given: Mapping[str, Any],
        happened: Collection[str] = (),
        came_from: str = "",
        decided: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Refuse a step that the table does not know, or that lacks what it takes.

        ``decided`` is what earlier steps have laid down.
        """
        allowed = self.next(status, came_from)
        if to not in allowed:
            onward = "、".join(_label(state) for state in allowed) or "无"
            raise Refused(f"「{_label(status)}」不能直接到「{_label(to)}」，可以到：{onward}")
        lacking = [self.words[n] for n in self.needs.get(to, ()) if not given.get(n)]
        known = {**decided, **given}
        lacking += [self.words[n] for n in self.has.get(to, ()) if not known.get(n)]
        if lacking:
            raise Refused(f"到「{_label(to)}」要写明{'、'.join(lacking)}")
        if to == "closed":
            self._check_closing(status, happened)

    def _check_closing(self, status: str, happened: Collection[str]) -> None:
        wanted = self.before_closing.get(status, ())
        if lacking := [self.milestones[m] for m in wanted if m not in happened]:
            raise Refused(f"结案以前须记下：{'、'.join(lacking)}")

    def check_milestone(self, status: str, kind: str) -> None:
        """Refuse what cannot happen to a claim in this state."""
        fitting = self.milestone_states.get(kind)
        if status in self.over or (fitting and status not in fitting):
            raise Refused(f"「{_label(status)}」的案件不能记「{self.milestones[kind]}」")


def _label(state: str) -> str:
    return CLAIM_STATUSES[state][0] if state in CLAIM_STATUSES else state


@lru_cache(maxsize=1)
def machine() -> Machine:
    """Return the machine; raise ConfigurationError with file, place and remedy."""
    table: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    ways = {state: set(onward) for state, onward in table["states"].items()}
    _same("states", ways.keys(), CLAIM_STATUSES.keys())
    for to, sources in table["side_ways"].items():
        for source in _known(f"side_ways.{to}", sources, ways):
            ways[source].add(to)
    for state, onward in ways.items():
        _known(f"states.{state}", onward, ways)
    steps = table["steps"]
    for state, rule in steps.items():
        _known("steps", [state], ways)
        _known(f"steps.{state}", [n for part in rule.values() for n in part], table["words"])
    milestones = table["milestones"]
    return Machine(
        ways={state: frozenset(onward) for state, onward in ways.items()},
        needs={state: tuple(rule.get("needs", ())) for state, rule in steps.items()},
        has={state: tuple(rule.get("has", ())) for state, rule in steps.items()},
        milestones={kind: str(rule["words"]) for kind, rule in milestones.items()},
        milestone_states={
            kind: frozenset(_known(f"milestones.{kind}", rule["in"], ways))
            for kind, rule in milestones.items()
            if "in" in rule
        },
        before_closing={
            state: tuple(_known(f"before_closing.{state}", kinds, milestones))
            for state, kinds in table["before_closing"].items()
        },
        over=frozenset(_known("over", table["over"], ways)),
        words=table["words"],
    )


def _known(place: str, names: Collection[str], known: Collection[str]) -> Sequence[str]:
    if strays := [name for name in names if name not in known]:
        raise ConfigurationError(f"{_FILE.name}：{place} 里的 {'、'.join(strays)} 没有定义，请改正")
    return list(names)


def _same(place: str, found: Collection[str], wanted: Collection[str]) -> None:
    _known(place, found, wanted)
    if lacking := [name for name in wanted if name not in found]:
        raise ConfigurationError(f"{_FILE.name}：{place} 缺少 {'、'.join(lacking)}，请补上")
