"""Fast, normal or complex, and who has it: rules as data (S22 to S24); pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("claim_tracks.yaml")
Track = Literal["fast", "normal", "complex"]
_PARTS = (
    "fast", "clear_types", "third_party_types", "complex", "owners", "named_owner_from",
    "duplicate_hours", "signals",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What the rules look at."""

    line: str
    facts: Mapping[str, Any]
    estimate_fen: int | None
    score: int = 0

    @property
    def injured(self) -> bool:
        """Tell whether somebody was hurt."""
        return bool(self.facts.get("injured"))


def track(case: Case) -> Track:
    """Return the track of a claim."""
    if _complex(case):
        return "complex"
    return "fast" if any(_fits(case, rule) for rule in rules()["fast"]) else "normal"


def _complex(case: Case) -> bool:
    rule = rules()["complex"]
    return (
        (case.estimate_fen or 0) > rule["estimate_over_fen"]
        or case.facts.get("accident_type") in rule["types"]
        or any(case.facts.get(flag) for flag in rule["flags"])
        or (case.injured and case.line in rule["injured_lines"])
        or case.score >= rules()["signals"]["complex_from"]
    )


def _fits(case: Case, rule: Mapping[str, Any]) -> bool:
    return (
        case.line == rule["line"]
        and case.estimate_fen is not None
        and case.estimate_fen <= rule["estimate_at_most_fen"]
        and (rule.get("injured") is not False or not case.injured)
        and _clear(case)
    )


def _clear(case: Case) -> bool:
    """The liability is clear and nobody else disputes it."""
    if case.facts.get("disputed"):
        return False
    if case.facts.get("liability_clear") is not None:
        return bool(case.facts["liability_clear"])
    if case.line != "auto":
        return True
    alone = not case.facts.get("other_plate")
    return alone and case.facts.get("accident_type") in rules()["clear_types"]


def tags(case: Case, chosen: str, *, compulsory: bool = False) -> frozenset[str]:
    """Return what the clocks ask of a claim: line, track, injuries, compulsory cover, theft."""
    found = {case.line, chosen}
    if case.injured:
        found.add("injured")
    if case.facts.get("accident_type") == "theft":
        found.add("theft")
    if compulsory or (case.line == "auto" and _third_party(case)):
        found.add("compulsory")
    return frozenset(found)


def _third_party(case: Case) -> bool:
    return (
        bool(case.facts.get("other_plate"))
        or case.injured
        or case.facts.get("accident_type") in rules()["third_party_types"]
    )


def owner(chosen: str) -> str:
    """Return the group that has claims of this track until a person is named."""
    owners = rules()["owners"]
    return str(owners.get(chosen) or owners["default"])


def is_person(name: str) -> bool:
    """Tell whether an owner is somebody rather than a group."""
    return name not in rules()["owners"].values()


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    table: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    if lacking := [part for part in _PARTS if part not in table]:
        raise ConfigurationError(f"{_FILE.name}：缺少 {'、'.join(lacking)}，请补上")
    return table
