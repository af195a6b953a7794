"""The processes of the branch as a table: steps in order, and on whom the time is spent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("processes.yaml")
SIDES = ("wait", "work", "customer", "third")


@dataclass(frozen=True)
class Step:
    """One step; ``place`` is its number in the order, None beside the way."""

    code: str
    label: str
    side: str
    place: int | None


@dataclass(frozen=True)
class Process:
    """One process."""

    code: str
    label: str
    steps: dict[str, Step]
    ends: tuple[str, ...]
    abandoned: tuple[str, ...]

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of the ledger that belong to it."""
        return [f"{self.code}.{code}" for code in (*self.steps, *self.ends, *self.abandoned)]


@lru_cache(maxsize=1)
def processes() -> tuple[Process, ...]:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    table: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(map(_process, table["processes"]))


def _process(raw: dict[str, Any]) -> Process:
    steps = [_step(raw, step, place) for place, step in enumerate(raw["steps"])]
    steps += [_step(raw, step, None) for step in raw.get("asides", ())]
    return Process(
        raw["code"],
        raw["label"],
        {step.code: step for step in steps},
        tuple(raw.get("ends", ())),
        tuple(raw.get("abandoned", ())),
    )


def _step(process: dict[str, Any], raw: dict[str, Any], place: int | None) -> Step:
    if raw.get("side") not in SIDES or not raw.get("code") or not raw.get("label"):
        raise ConfigurationError(
            f"{_FILE.name}：{process.get('code')} 的步骤 {raw} 要有 code、label，"
            f"side 须是 {'、'.join(SIDES)} 之一"
        )
    return Step(raw["code"], raw["label"], raw["side"], place)
