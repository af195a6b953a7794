"""The clocks of a complaint, from the table a clerk can edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.clockwork.clocks import Rule, current
from bot.clockwork.rule_rows import rule_of
from bot.errors import ConfigurationError
from bot.settings import Deadlines
from bot.yaml_text import safe_load
from storage.rules.complaint_states import machine

_FILE = Path(__file__).with_name("complaint_clocks.yaml")
# Events that are neither states nor milestones.
EVENTS: Final = frozenset({"reopened", "callback", "extended", "position"})
# Their end is what the customer is told.
TOLD: Final = frozenset({"decision", "review"})


@dataclass(frozen=True)
class ComplaintRule:
    """A rule and the complaints it is for."""

    rule: Rule
    only: frozenset[str]
    unless: frozenset[str]
    setting: str = ""


def rules_for(tags: frozenset[str], on: date, deadlines: Deadlines) -> list[Rule]:
    """Return the rules in force on a day for a complaint with these tags."""
    fitting = [
        _set(found, deadlines)
        for found in rules()
        if (not found.only or found.only & tags) and not found.unless & tags
    ]
    return list(current(fitting, on).values())


def _set(found: ComplaintRule, deadlines: Deadlines) -> Rule:
    if not found.setting:
        return found.rule
    return replace(found.rule, value=int(getattr(deadlines, found.setting)))


@lru_cache(maxsize=1)
def rules() -> tuple[ComplaintRule, ...]:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    return read(safe_load(_FILE.read_text(encoding="utf-8")))


def read(table: Mapping[str, Any]) -> tuple[ComplaintRule, ...]:
    """Return the rules of parsed YAML, checked row by row."""
    kinds = machine().states | machine().milestones.keys() | EVENTS
    return tuple(_row(row, kinds, table["pauses"]) for row in table["clocks"])


def _row(row: Mapping[str, Any], kinds: frozenset[str], pauses: Mapping[str, str]) -> ComplaintRule:
    extra = ("for", "unless", "setting")
    rule = rule_of(row, file=_FILE.name, kinds=kinds, pauses=pauses, extra=extra)
    setting = row.get("setting", "")
    if setting and setting not in Deadlines.model_fields:
        raise ConfigurationError(f"{_FILE.name}：{row['code']} 的 setting 不是 deadlines 里的一项")
    only, unless = (frozenset(row.get(key, ())) for key in ("for", "unless"))
    return ComplaintRule(rule, only, unless, setting)
