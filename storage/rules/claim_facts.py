"""What must and should be known of an accident, line by line, from a clerk's table; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError

_FILE = Path(__file__).with_name("claim_facts.yaml")
KINDS = ("text", "flag", "money", "count", "plate", "phone", "moment")
Wanted = tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One thing that may be known of an accident."""

    key: str
    label: str
    kind: str


@dataclass(frozen=True)
class Facts:
    """The whole table."""

    fields: Mapping[str, Field]
    must: Mapping[str, tuple[Wanted, ...]]
    want: Mapping[str, tuple[Wanted, ...]]
    details: Mapping[str, frozenset[str]]

    @property
    def lines(self) -> Collection[str]:
        """Return the lines of business."""
        return self.details.keys()

    def lacking(self, line: str, known: Mapping[str, Any]) -> list[str]:
        """Return the labels of what must be known and is not: a claim to be completed."""
        return list(self._open(self.must[self._line(line)], known))

    def asked_for(self, line: str, known: Mapping[str, Any]) -> list[str]:
        """Return the labels of what should be known beside, most useful first."""
        return list(self._open(self.want[self._line(line)], known))

    def _line(self, line: str) -> str:
        return line if line in self.details else "auto"

    def _open(self, groups: tuple[Wanted, ...], known: Mapping[str, Any]) -> Iterator[str]:
        for group in groups:
            # A flag that is False is known; an empty text is not.
            if all(known.get(key) in (None, "", []) for key in group):
                yield self.fields[group[0]].label


@lru_cache(maxsize=1)
def facts() -> Facts:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    table: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    fields = {key: _field(key, row) for key, row in table["fields"].items()}
    common, lines = table["common"], table["lines"]
    everywhere = ("estimate_fen", "liability_clear", "disputed", "lawsuit", "damage")
    made = Facts(
        fields=fields,
        must={k: _groups([*common["must"], *row.get("must", ())]) for k, row in lines.items()},
        want={k: _groups([*common["want"], *row.get("want", ())]) for k, row in lines.items()},
        details={k: frozenset([*row["fields"], *everywhere]) for k, row in lines.items()},
    )
    for line in made.lines:
        named = {key for group in (*made.must[line], *made.want[line]) for key in group}
        if strays := (named | made.details[line]) - fields.keys():
            raise ConfigurationError(
                f"{_FILE.name}：lines.{line} 里的 {'、'.join(sorted(strays))} 没有写在 fields 里"
            )
    return made


def _groups(rows: list[str | list[str]]) -> tuple[Wanted, ...]:
    return tuple((row,) if isinstance(row, str) else tuple(row) for row in rows)


def _field(key: str, row: Mapping[str, str]) -> Field:
    if row.get("kind") not in KINDS or not row.get("label"):
        raise ConfigurationError(
            f"{_FILE.name}：fields.{key} 要有 label 和 kind（{'、'.join(KINDS)} 之一）"
        )
    return Field(key, row["label"], row["kind"])
