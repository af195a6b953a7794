"""What must and should be known of an accident, line by line, from a clerk's table; pure.

The same table tells the dialogue how to ask for a fact and how to hear it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("claim_facts.yaml")
KINDS = ("text", "flag", "money", "count", "plate", "phone", "moment")
_PATTERNS = ("heard", "shape", "cue", "positive", "negative")
Wanted = tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One thing that may be known of an accident, and how a customer is asked for it.

    ``beside`` is asked for in the same breath with ``ask_both``. ``heard``, ``positive``,
    ``negative`` and ``options`` are words that tell it unasked; ``shape`` is taken out of an
    answer, ``cue`` stands before a sum. It does not matter to accidents of the types ``not_for``.
    Its words are no value for the fact ``instead_of``: a hospital is not where it happened.
    """

    key: str
    label: str
    kind: str
    ask: str = ""
    beside: str = ""
    ask_both: str = ""
    buttons: tuple[str, ...] = ()
    help: str = ""
    heard: str = ""
    shape: str = ""
    cue: str = ""
    positive: str = ""
    negative: str = ""
    options: tuple[tuple[str, str], ...] = ()
    not_for: tuple[str, ...] = ()
    instead_of: str = ""

    @property
    def told(self) -> bool:
        """Tell whether the dialogue can hear it."""
        return bool(self.ask or self.heard or self.positive or self.negative)


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
        return [self.fields[key].label for key in self.lacking_keys(line, known)]

    def lacking_keys(self, line: str, known: Mapping[str, Any]) -> list[str]:
        """Return the first key of everything that must be known and is not."""
        return [group[0] for group in self._open(self.must[self._line(line)], known)]

    def asked_for(self, line: str, known: Mapping[str, Any]) -> list[str]:
        """Return the labels of what should be known beside, most useful first."""
        open_groups = self._open(self.want[self._line(line)], known)
        return [self.fields[group[0]].label for group in open_groups]

    def matters(self, line: str, key: str) -> bool:
        """Tell whether a fact belongs to a line."""
        return key in self.details[self._line(line)]

    def asks(self, line: str, key: str, known: Mapping[str, Any]) -> bool:
        """Tell whether a customer is asked for this fact, given what else is known."""
        groups = self._open(self.must[self._line(line)], {**known, key: None})
        return any(key == self._asked(group) for group in groups)

    def _asked(self, group: Wanted) -> str:
        return next((key for key in group if self.fields[key].ask), "")

    def _line(self, line: str) -> str:
        return line if line in self.details else "auto"

    def _open(self, groups: tuple[Wanted, ...], known: Mapping[str, Any]) -> Iterator[Wanted]:
        accident = known.get("accident_type")
        for group in groups:
            # A flag that is False is known; an empty text is not.
            unknown = all(known.get(key) in (None, "", []) for key in group)
            if unknown and accident not in self.fields[group[0]].not_for:
                yield group


@lru_cache(maxsize=1)
def facts() -> Facts:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    return read(safe_load(_FILE.read_text(encoding="utf-8")))


def read(table: Mapping[str, Any]) -> Facts:
    """Return the table as it is used; raise ConfigurationError with file, place and remedy."""
    known = {key: _field(key, row) for key, row in table["fields"].items()}
    common, lines = table["common"], table["lines"]
    everywhere = ("estimate_fen", "liability_clear", "disputed", "lawsuit", "damage")
    made = Facts(
        fields=known,
        must={k: _groups([*common["must"], *row.get("must", ())]) for k, row in lines.items()},
        want={k: _groups([*common["want"], *row.get("want", ())]) for k, row in lines.items()},
        details={k: frozenset([*row["fields"], *everywhere]) for k, row in lines.items()},
    )
    for line in made.lines:
        named = {key for group in (*made.must[line], *made.want[line]) for key in group}
        if strays := (named | made.details[line]) - known.keys():
            raise ConfigurationError(
                f"{_FILE.name}：lines.{line} 里的 {'、'.join(sorted(strays))} 没有写在 fields 里"
            )
    return made


def _groups(rows: list[str | list[str]]) -> tuple[Wanted, ...]:
    return tuple((row,) if isinstance(row, str) else tuple(row) for row in rows)


def _field(key: str, row: Mapping[str, Any]) -> Field:
    place = f"{_FILE.name}：fields.{key}"
    if row.get("kind") not in KINDS or not row.get("label"):
        raise ConfigurationError(f"{place} 要有 label 和 kind（{'、'.join(KINDS)} 之一）")
    if strays := row.keys() - {field.name for field in fields(Field)}:
        raise ConfigurationError(
            f"{place} 不认识 {'、'.join(sorted(map(str, strays)))}，请改正或删去"
        )
    for part in _PATTERNS:
        _check(place, part, row.get(part, ""))
    options = tuple(row.get("options", {}).items())
    for label, words in options:
        _check(place, f"options.{label}", words)
    lists = {name: tuple(row.get(name, ())) for name in ("buttons", "not_for")}
    return Field(key=key, **{**row, **lists, "options": options})


def _check(place: str, part: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"{place}.{part} 不是有效的正则表达式：{error}，请改正") from None
