"""Which evaluations of service are made by themselves, and who is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from storage.kpi.definition import Period

_FILE = Path(__file__).with_name("service_reports.yaml")
_MONTHS: Final = {"month": 1, "quarter": 3}
_ROLES: Final = (
    "agent", "claims", "complaints", "underwriting", "sales", "supervisor", "trainer", "admin",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of report."""

    code: str
    title: str
    look_back: int

    def ended(self, today: date) -> Iterator[Period]:
        """Yield the periods that are over, the newest first."""
        begin = self._begin(today)
        for _ in range(self.look_back):
            last = begin - timedelta(days=1)
            begin = self._begin(last)
            yield Period(begin, last)

    def _begin(self, day: date) -> date:
        months = _MONTHS[self.code]
        return date(day.year, (day.month - 1) // months * months + 1, 1)

    def name(self, period: Period) -> str:
        """Return the title of a period's report."""
        first = period.first
        if self.code == "month":
            return f"{first.year} 年 {first.month} 月{self.title}"
        return f"{first.year} 年第 {(first.month + 2) // 3} 季度{self.title}"


@dataclass(frozen=True)
class Rules:
    """The table."""

    kinds: tuple[Kind, ...]
    tell: tuple[str, ...]

    def kind(self, code: str) -> Kind | None:
        """Return a kind by its code."""
        return next((kind for kind in self.kinds if kind.code == code), None)


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    return read(_FILE)


def read(file: Path) -> Rules:
    """Read a table."""
    raw: dict[str, Any] = safe_load(file.read_text(encoding="utf-8"))
    kinds = tuple(_kind(file, row) for row in raw["periods"])
    if strangers := sorted(set(raw["tell"]) - set(_ROLES)):
        raise ConfigurationError(
            f"{file.name}：tell 里没有 {'、'.join(strangers)} 这种岗位，可写 {'、'.join(_ROLES)}"
        )
    return Rules(kinds, tuple(raw["tell"]))


def _kind(file: Path, row: dict[str, Any]) -> Kind:
    back = row.get("look_back")
    if row.get("code") not in _MONTHS or not row.get("title") or not isinstance(back, int):
        raise ConfigurationError(
            f"{file.name}：{row} 要有 title 和整数 look_back，code 须是 {'、'.join(_MONTHS)} 之一"
        )
    return Kind(row["code"], row["title"], back)
