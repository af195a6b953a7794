"""How long things are kept, by the table that staff can edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from storage.models.tables import Base

_FILE = Path(__file__).with_name("retention.yaml")
_FILES = ("short_policy", "long_policy", "claim", "complaint")
_LONG = timedelta(days=367)


@dataclass(frozen=True)
class File:
    """A kind of business file that the law makes us keep."""

    title: str
    keep_years: int
    basis: str
    reason: str

    def until(self, ended: date) -> date:
        """Return the day on which it may go."""
        try:
            return ended.replace(year=ended.year + self.keep_years)
        except ValueError:  # 29 February
            return ended.replace(year=ended.year + self.keep_years, month=3, day=1)


@dataclass(frozen=True)
class Purge:
    """Rows of a table that go after some days."""

    code: str
    title: str
    table: str
    column: str
    days: int
    only: Mapping[str, Sequence[str]]
    basis: str


@dataclass(frozen=True)
class Retention:
    """The whole table."""

    files: Mapping[str, File]
    purges: Sequence[Purge]
    chat_days: int
    chat_basis: str
    minor_age: int

    def policy_file(self, starts: date, ends: date) -> File:
        """Return the file that a policy belongs to."""
        return self.files["long_policy" if ends - starts > _LONG else "short_policy"]


@lru_cache(maxsize=1)
def retention() -> Retention:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    try:
        raw: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
        made = Retention(
            files={code: File(**raw["files"][code]) for code in _FILES},
            purges=[Purge(**{"only": {}, **rule}) for rule in raw["purge"]],
            chat_days=int(raw["chat"]["days"]),
            chat_basis=str(raw["chat"]["basis"]),
            minor_age=int(raw["minor"]["age"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"{_FILE.name} 不完整（{error}），请照原来的样子补全") from None
    for rule in made.purges:
        _check(rule)
    return made


def _check(rule: Purge) -> None:
    table = Base.metadata.tables.get(rule.table)
    known = table is not None and {rule.column, *rule.only} <= set(table.columns.keys())
    if not known or rule.days < 1:
        raise ConfigurationError(
            f"{_FILE.name}：{rule.code} 的表、列或天数不对，请核对 {rule.table}.{rule.column}"
        )
