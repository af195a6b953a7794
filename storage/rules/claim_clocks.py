"""The clocks of a claim, from the table a clerk can edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.clockwork.clocks import UNITS, Rule, current
from bot.errors import ConfigurationError
from bot.settings import Deadlines
from bot.yaml_text import safe_load
from storage.rules.claim_states import machine

_FILE = Path(__file__).with_name("claim_clocks.yaml")
_KEYS = {
    "code", "label", "value", "unit", "setting", "for", "unless", "start", "start_label", "stop",
    "warn", "pauses", "restarts", "side", "basis", "from", "shown",
}  # fmt: skip
_NEEDED = ("code", "label", "value", "unit", "start", "stop", "basis")
# Events of a claim that are no states and no milestones.
HAPPENED, POLICE_REPORTED, HURT = "happened", "police_reported", "hurt"


@dataclass(frozen=True)
class ClaimRule:
    """A rule and the claims it is for."""

    rule: Rule
    only: frozenset[str]
    unless: frozenset[str]
    setting: str = ""
    shown: bool = True

    def fits(self, tags: frozenset[str]) -> bool:
        """Tell whether a claim with these tags has this clock."""
        return (not self.only or bool(self.only & tags)) and not self.unless & tags


def rules_for(tags: frozenset[str], on: date, deadlines: Deadlines) -> list[Rule]:
    """Return the rules in force on a day for a claim with these tags, in the table's order."""
    fitting = [_set(found, deadlines) for found in rules() if found.fits(tags)]
    return list(current(fitting, on).values())


def _set(found: ClaimRule, deadlines: Deadlines) -> Rule:
    if not found.setting:
        return found.rule
    return replace(found.rule, value=int(getattr(deadlines, found.setting)))


@lru_cache(maxsize=1)
def told() -> frozenset[str]:
    """Return the codes of our clocks whose end a customer is told."""
    return frozenset(r.rule.code for r in rules() if r.shown and r.rule.side == "us")


def rule_of(code: str) -> Rule:
    """Return the newest rule of a code."""
    return next(found.rule for found in reversed(rules()) if found.rule.code == code)


@lru_cache(maxsize=1)
def rules() -> tuple[ClaimRule, ...]:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    table: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(_rule(row, table["pauses"]) for row in table["clocks"])


def _rule(row: Mapping[str, Any], pauses: Mapping[str, str]) -> ClaimRule:
    _check(row)
    rule = Rule(
        code=row["code"],
        label=row["label"],
        value=row["value"],
        unit=row["unit"],
        start=tuple(row["start"]),
        stop=tuple(row["stop"]),
        basis=row["basis"],
        start_label=row.get("start_label", ""),
        valid_from=row.get("from", date.min),
        warn=tuple(row.get("warn", ())),
        pauses=dict(pauses) if row.get("pauses") else {},
        restarts=bool(row.get("restarts")),
        side=row.get("side", "us"),
    )
    return ClaimRule(
        rule,
        only=frozenset(row.get("for", ())),
        unless=frozenset(row.get("unless", ())),
        setting=row.get("setting", ""),
        shown=row.get("shown", True),
    )


def _check(row: Mapping[str, Any]) -> None:
    place = f"{_FILE.name}：{row.get('code', row)}"
    if lacking := [key for key in _NEEDED if key not in row]:
        raise ConfigurationError(f"{place} 缺少 {'、'.join(lacking)}，请补上")
    if strays := row.keys() - _KEYS:
        raise ConfigurationError(f"{place} 不认识 {'、'.join(sorted(strays))}，请改正或删去")
    if row["unit"] not in UNITS or not isinstance(row["value"], int) or row["value"] < 1:
        raise ConfigurationError(f"{place} 的 value 须为正整数，unit 须是 {'、'.join(UNITS)} 之一")
    if row.get("setting") and row["setting"] not in Deadlines.model_fields:
        raise ConfigurationError(f"{place} 的 setting 不是 deadlines 里的一项")
    kinds = machine().states | machine().milestones.keys() | {HAPPENED, POLICE_REPORTED, HURT}
    if unknown := {*row["start"], *row["stop"]} - kinds:
        raise ConfigurationError(f"{place} 的 {'、'.join(sorted(unknown))} 没有定义，请改正")
