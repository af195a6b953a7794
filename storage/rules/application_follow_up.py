"""When a customer is reminded of an application that waits for them, by the clerk's table; pure."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from storage.rules.application_states import machine

_FILE = Path(__file__).with_name("application_follow_up.yaml")
_HOLES: Final = {"kind", "number"}
_MOST = 3


@dataclass(frozen=True)
class Reminder:
    """After how many days in a state, and what is said."""

    days: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class FollowUp:
    """The whole table."""

    at: time
    states: Mapping[str, Reminder]


@lru_cache(maxsize=1)
def follow_up() -> FollowUp:
    """Return the table as shipped; raise ConfigurationError with file, place and remedy."""
    return read(safe_load(_FILE.read_text(encoding="utf-8")))


def read(raw: Mapping[str, Any]) -> FollowUp:
    """Return the table of parsed YAML, checked row by row."""
    try:
        at = time.fromisoformat(str(raw["at"]))
    except (KeyError, ValueError):
        raise _wrong("at", '要写放行的时间，比如 at: "10:30"') from None
    rows = raw.get("states") or {}
    return FollowUp(at, {code: _reminder(code, row) for code, row in rows.items()})


def _reminder(code: str, row: Any) -> Reminder:
    if code not in machine().states:
        raise _wrong(code, "不是 application_states.yaml 里的状态，请改正或删去")
    said: Mapping[str, Any] = row or {}
    days, text = said.get("days") or [], str(said.get("text") or "")
    good = isinstance(days, list) and all(isinstance(day, int) and day > 0 for day in days)
    if not good or not 1 <= len(days) <= _MOST or sorted(set(days)) != days:
        raise _wrong(code, f"的 days 要写 1 到 {_MOST} 个从小到大的正整数，比如 [2, 5]")
    holes = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if not text or holes - _HOLES:
        raise _wrong(code, "的 text 要写提醒的话，{…} 只能用 {kind}、{number}")
    return Reminder(tuple(days), text)


def _wrong(place: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{_FILE.name}：{place} {remedy}")
