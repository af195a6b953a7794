"""The pre-check list, the alternatives, and how one pays and is handed the policy; pure."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from pathlib import Path

from bot.advice.rows import Row, load_table

_FILE = Path(__file__).with_name("application_checks.yaml")


@dataclass(frozen=True)
class Check:
    """One thing to look at before underwriting; without ``kinds`` it holds for all."""

    code: str
    label: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Delivery:
    """A way for the policy to reach its owner."""

    label: str
    said: str
    tracked: bool


@dataclass(frozen=True)
class Checks:
    """The whole table."""

    checks: tuple[Check, ...]
    alternatives: Mapping[str, str]
    methods: Mapping[str, str]
    days_before: tuple[int, ...]
    remind_at: time
    reminder: str
    delivery: Mapping[str, Delivery]

    def of(self, kind: str) -> list[Check]:
        """Return the checks that an application of this kind needs."""
        return [check for check in self.checks if not check.kinds or kind in check.kinds]


@lru_cache(maxsize=1)
def checks() -> Checks:
    """Return the table as shipped; raise TableError with file, line and remedy."""
    return load_checks(_FILE)


def load_checks(file: Path) -> Checks:
    """Return the table of a file; raise TableError with file, line and remedy."""
    table = load_table(file)
    table.only("checks", "alternatives", "methods", "reminders", "delivery")
    alternatives, methods = table.row("alternatives"), table.row("methods")
    reminders = table.row("reminders")
    reminders.only("days_before", "at", "text")
    return Checks(
        checks=tuple(_check(row) for row in table.rows("checks")),
        alternatives={code: alternatives.text(code) for code in alternatives},
        methods={code: methods.text(code) for code in methods},
        days_before=_days(reminders),
        remind_at=_time(reminders),
        reminder=_filled(reminders, "text", {"kind", "number", "amount", "due"}),
        delivery={code: _delivery(row) for code, row in table.named_rows("delivery")},
    )


def _check(row: Row) -> Check:
    row.only("code", "label", "kinds")
    return Check(row.text("code"), row.text("label"), row.texts("kinds"))


def _days(row: Row) -> tuple[int, ...]:
    days = row.get("days_before")
    if not isinstance(days, list) or not all(type(day) is int and day >= 0 for day in days):
        raise row.wrong("days_before", "提前几天写错了", "请写成 [3, 1, 0] 的样子。")
    return tuple(days)


def _time(row: Row) -> time:
    try:
        return time.fromisoformat(row.text("at"))
    except ValueError:
        raise row.wrong("at", "at 不是时间", '请写成 "10:00"，加引号。') from None


def _filled(row: Row, key: str, holes: set[str]) -> str:
    text = row.text(key)
    found = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if strays := found - holes:
        remedy = f"只能用 {'、'.join(sorted(holes))}。"
        raise row.wrong(key, f"{key} 里有不认识的 {'、'.join(sorted(strays))}", remedy)
    return text


def _delivery(row: Row) -> Delivery:
    row.only("label", "said", "tracked")
    return Delivery(row.text("label"), _filled(row, "said", {"tracking"}), bool(row.get("tracked")))
