"""How the states and facts of policies are said to customers, from a clerk's table; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("policy_words.yaml")


@dataclass(frozen=True)
class Fact:
    """One line that a policy may have."""

    key: str
    label: str
    unit: str

    def show(self, value: Any) -> str:
        """Return the value as people read it."""
        text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
        return f"{text}{self.unit}"


@dataclass(frozen=True)
class Words:
    """The whole table."""

    states: Mapping[str, str]
    facts: tuple[Fact, ...]


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    return read(_FILE)


def read(file: Path) -> Words:
    """Return the table of a file."""
    table: dict[str, Any] = safe_load(file.read_text(encoding="utf-8"))
    for number, row in enumerate(table.get("facts") or [], 1):
        if not isinstance(row, dict) or set(row) != {"key", "label", "unit"}:
            raise ConfigurationError(
                f"{file.name}：facts 第 {number} 行要有且只有 key、label、unit，现在是 {row}"
            )
    states = table.get("states") or {}
    if wrong := [key for key, value in states.items() if not isinstance(value, str) or not value]:
        raise ConfigurationError(f"{file.name}：states.{wrong[0]} 要写一句客户看得懂的话")
    return Words(states, tuple(Fact(**row) for row in table["facts"]))
