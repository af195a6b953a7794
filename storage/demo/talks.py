"""What customers of the demo branch said over the months, as data: with the bot and with people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("talks.yaml")


class Exchange(NamedTuple):
    """One turn with the bot: what was said, what came back, and how the ledger counts it."""

    said: str
    replied: str
    label: str
    result: str


@dataclass(frozen=True)
class Talk:
    """A talk with a person; ``lines`` begin with ``c`` (customer) or ``a`` (agent)."""

    level: str
    reason: str
    asks: Sequence[Exchange]
    lines: Sequence[tuple[str, str]]
    minutes: int
    scores: Sequence[int]
    words: str


@dataclass(frozen=True)
class Scripts:
    """All of the file."""

    bot: Sequence[Sequence[Exchange]]
    people: Sequence[Talk]
    regular: Sequence[int]
    feedback: Sequence[Mapping[str, str]]
    improvements: Sequence[Mapping[str, Any]]


@lru_cache(maxsize=1)
def scripts() -> Scripts:
    """Return what is said in the demo talks."""
    table: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    return Scripts(
        [[Exchange(*turn) for turn in talk] for talk in table["bot"]],
        [_talk(row) for row in table["people"]],
        table["regular"],
        table["feedback"],
        table["improvements"],
    )


def _talk(row: Mapping[str, Any]) -> Talk:
    last = len(row["asks"]) - 1
    asks = [
        Exchange(said, replied, "", "handed" if at == last else "missed")
        for at, (said, replied) in enumerate(row["asks"])
    ]
    lines = [(line[0], line[2:]) for line in row["lines"]]
    return Talk(
        row["level"], row["reason"], asks, lines, row["minutes"], row["scores"], row["words"]
    )
