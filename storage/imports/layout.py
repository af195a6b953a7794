"""Which columns a table may have and what may stand in them: data that clerks can edit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

FILE = Path(__file__).with_name("columns.yaml")
KINDS = ("customers", "policies", "payments")
_DECORATION = re.compile(r"[\s*＊:：()（）_\-]")


@dataclass(frozen=True)
class Column:
    """A column: its name in messages, and what its headings may be."""

    field: str
    title: str
    required: bool
    names: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """One kind of table; ``values`` maps the words of a column to what is stored."""

    kind: str
    key: str
    columns: Mapping[str, Column]
    values: Mapping[str, Mapping[str, str]]

    def title(self, field: str) -> str:
        """Return a column's name in messages."""
        return self.columns[field].title

    def find(self, headings: Sequence[str]) -> tuple[dict[str, int], list[str]]:
        """Return where each column stands, and the headings that mean nothing to us.

        Raise ValueError for a table that cannot be this kind.
        """
        known = {plain(n): c.field for c in self.columns.values() for n in (c.title, *c.names)}
        places: dict[str, int] = {}
        unused = []
        for place, heading in enumerate(headings):
            field = known.get(plain(heading))
            if field is None:
                unused += [heading] if heading else []
            elif field in places:
                first = headings[places[field]]
                raise ValueError(f"「{first}」和「{heading}」是同一列，请去掉一列")
            else:
                places[field] = place
        if lacking := [c for c in self.columns.values() if c.required and c.field not in places]:
            words = "；".join(f"{c.title}（也可以叫 {'、'.join(c.names[:3])}）" for c in lacking)
            raise ValueError(f"缺少列：{words}")
        return places, unused


def plain(heading: str) -> str:
    """Return a heading without width, case and decoration."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", heading)).casefold()


@lru_cache(maxsize=1)
def layouts() -> Mapping[str, Layout]:
    """Return all kinds; raise ConfigurationError with file, place and remedy."""
    raw = safe_load(FILE.read_text(encoding="utf-8")) or {}
    return {kind: _layout(kind, raw.get(kind)) for kind in KINDS}


def _layout(kind: str, raw: Any) -> Layout:
    try:
        columns = {
            field: Column(field, str(c["title"]), bool(c["required"]), tuple(map(str, c["names"])))
            for field, c in raw["columns"].items()
        }
        values = {
            field: {plain(str(word)): str(value) for value, said in table.items() for word in said}
            for field, table in raw["values"].items()
        }
        layout = Layout(kind, str(raw["key"]["field"]), columns, values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{FILE.name}：{kind} 不完整（{error}），每一列要有 title、required、names"
        ) from None
    _check_names(layout)
    return layout


def _check_names(layout: Layout) -> None:
    seen: dict[str, str] = {}
    for column in layout.columns.values():
        for name in dict.fromkeys(map(plain, (column.title, *column.names))):
            if name in seen:
                raise ConfigurationError(
                    f"{FILE.name}：{layout.kind} 的「{name}」同时属于 {seen[name]} 和"
                    f" {column.title}，请删掉一处"
                )
            seen[name] = column.title
    if stray := [f for f in (layout.key, *layout.values) if f not in layout.columns]:
        raise ConfigurationError(f"{FILE.name}：{layout.kind} 没有列 {stray}，请改正名字")
