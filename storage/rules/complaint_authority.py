"""Who may approve what, and who is told when a complaint is late; pure, from a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from bot.clockwork.clocks import UNITS, due
from bot.clockwork.workdays import WorkCalendar
from bot.errors import ConfigurationError, Refused
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("complaint_authority.yaml")
_LEVELS = ("P0", "P1", "P2", "P3")


@dataclass(frozen=True)
class ExtensionTier:
    """One prolongation: how long, who approves, what the customer is told of them."""

    days: int
    label: str
    approvers: frozenset[str]
    by: str
    basis: str


@dataclass(frozen=True)
class Authority:
    """The table."""

    ladder: tuple[str, ...]
    patience: Mapping[str, tuple[int, Any]]
    extensions: tuple[ExtensionTier, ...]
    compensation: tuple[tuple[int, frozenset[str]], ...]

    def tier(self, granted: int) -> ExtensionTier:
        """Return the next prolongation after so many; refuse where there is none."""
        if granted >= len(self.extensions):
            total = "、".join(f"{tier.days} 日" for tier in self.extensions)
            raise Refused(
                f"延期最多 {len(self.extensions)} 次（{total}），已经用完，请尽快作出决定"
            )
        return self.extensions[granted]

    def may_pay(self, role: str, fen: int) -> bool:
        """Tell whether a role may approve so much."""
        return any(fen <= most and role in roles for most, roles in self.compensation)

    def rung(
        self, severity: str, missed_at: datetime, now: datetime, calendar: WorkCalendar
    ) -> int:
        """Return how far up a complaint belongs that is late since ``missed_at``.

        One step at once, another each time that the patience of its severity runs out.
        """
        if now < missed_at:
            return 0
        value, unit = self.patience[severity]
        for steps in count(1):
            end = due(steps * value, unit, missed_at, (), calendar)
            if steps == len(self.ladder) or end is None or end > now:
                return steps
        raise AssertionError("unreachable")

    def who(self, rung: int) -> str:
        """Return who stands on a rung, counted from 1."""
        return self.ladder[rung - 1]


@lru_cache(maxsize=1)
def authority() -> Authority:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    return read(safe_load(_FILE.read_text(encoding="utf-8")))


def read(table: Mapping[str, Any]) -> Authority:
    """Return the table of parsed YAML, checked."""
    patience = table.get("patience") or {}
    for level in _LEVELS:
        row = patience.get(level) or {}
        if row.get("unit") not in UNITS or not isinstance(row.get("value"), int):
            raise _wrong(f"patience.{level}", f"要写 value（整数）和 unit（{'、'.join(UNITS)}）")
    if not table.get("ladder"):
        raise _wrong("ladder", "至少要写一级")
    try:
        tiers = tuple(
            ExtensionTier(
                int(t["days"]), t["label"], frozenset(t["approvers"]), t["by"], t["basis"]
            )
            for t in table["extensions"]
        )
        compensation = tuple(
            (int(row["up_to_fen"]), frozenset(row["approvers"])) for row in table["compensation"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong("extensions、compensation", f"缺少或写错了 {error}") from None
    return Authority(
        ladder=tuple(table["ladder"]),
        patience={level: (patience[level]["value"], patience[level]["unit"]) for level in _LEVELS},
        extensions=tiers,
        compensation=compensation,
    )


def _wrong(place: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{_FILE.name}：{place} {remedy}，请改正")
