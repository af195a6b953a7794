"""The state machines of services on a policy, from the table a clerk can read; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.errors import ConfigurationError, Refused
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("service_states.yaml")
_STATE_KEYS = {"label", "says", "to", "needs", "over", "tell"}
_FIELD = re.compile(r"{(\w+)}")
# What a notice may speak of beside what a step must say.
_ALWAYS = {"title", "number", "money"}


@dataclass(frozen=True)
class State:
    """One state: its words for the customer, where it leads, and what getting there takes."""

    label: str
    says: str
    to: tuple[str, ...]
    needs: tuple[str, ...]
    over: bool
    tell: str


@dataclass(frozen=True)
class Family:
    """One kind of service with its states."""

    code: str
    prefix: str
    title: str
    first: str
    first_lacking: str
    days: int
    by_customer: frozenset[str]
    states: Mapping[str, State]
    words: Mapping[str, str]

    def check(self, status: str, to: str, given: Mapping[str, Any]) -> None:
        """Refuse a step that the table does not know, or that lacks what it takes."""
        allowed = self.states[status].to
        if to not in allowed:
            onward = "、".join(self.states[state].label for state in allowed) or "无"
            known = self.states[to].label if to in self.states else to
            here = self.states[status].label
            raise Refused(f"「{here}」不能直接到「{known}」，可以到：{onward}")
        if lacking := [self.words[n] for n in self.states[to].needs if not given.get(n)]:
            raise Refused(f"到「{self.states[to].label}」要写明{'、'.join(lacking)}")


@lru_cache(maxsize=1)
def families() -> Mapping[str, Family]:
    """Return the table by code; raise ConfigurationError with file, place and remedy."""
    return read(safe_load(_FILE.read_text(encoding="utf-8")))


def read(table: Any) -> Mapping[str, Family]:
    """Return the families in ``table``, checked."""
    words = table["words"]
    found = {code: _family(code, row, words) for code, row in table["families"].items()}
    prefixes = [family.prefix for family in found.values()]
    if len(set(prefixes)) < len(prefixes):
        raise ConfigurationError(f"{_FILE.name}：prefix 不能重复，请改成不同的两个字母")
    return MappingProxyType(found)


def _family(code: str, row: Mapping[str, Any], words: Mapping[str, str]) -> Family:
    states = row["states"]
    first = [row["first"], row.get("first_lacking", row["first"])]
    _known(f"{code} 的 first、by_customer", [*first, *row["by_customer"]], states)
    if not re.fullmatch("[A-Z]{2}", str(row["prefix"])):
        raise ConfigurationError(f"{_FILE.name}：{code} 的 prefix 须是两个大写字母")
    return Family(
        code=code,
        prefix=row["prefix"],
        title=row["title"],
        first=first[0],
        first_lacking=first[1],
        days=int(row["days"]),
        by_customer=frozenset(row["by_customer"]),
        states=MappingProxyType(
            {name: _state(f"{code}.{name}", state, states, words) for name, state in states.items()}
        ),
        words=words,
    )


def _state(
    place: str, row: Mapping[str, Any], states: Collection[str], words: Mapping[str, str]
) -> State:
    if strays := sorted(row.keys() - _STATE_KEYS):
        raise ConfigurationError(f"{_FILE.name}：{place} 不认识 {'、'.join(strays)}，请改正或删去")
    if lacking := sorted({"label", "says", "to"} - row.keys()):
        raise ConfigurationError(f"{_FILE.name}：{place} 缺少 {'、'.join(lacking)}，请补上")
    _known(f"{place} 的 to", row["to"], states)
    needs = tuple(row.get("needs", ()))
    _known(f"{place} 的 needs", needs, words)
    _known(f"{place} 的 tell", _FIELD.findall(row.get("tell", "")), _ALWAYS | {*needs})
    return State(
        label=row["label"],
        says=row["says"],
        to=tuple(row["to"]),
        needs=needs,
        over=bool(row.get("over")),
        tell=row.get("tell", ""),
    )


def _known(place: str, names: Collection[str], known: Collection[str]) -> None:
    if strays := [name for name in names if name not in known]:
        raise ConfigurationError(f"{_FILE.name}：{place} 里的 {'、'.join(strays)} 没有定义，请改正")
