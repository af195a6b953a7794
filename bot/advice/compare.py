"""Tables that compare what is covered, never what it costs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.advice.rows import Row, load_table

_FILE = Path(__file__).with_name("compare.yaml")
# A price in a table would be a quote.
_PRICE = re.compile(r"保费[^，。；]{0,6}\d|\d+\s*元|(?:便宜|贵)[^，。；]{0,4}\d")


@dataclass(frozen=True)
class Table:
    """One comparison: columns, and rows that begin with what is compared."""

    code: str
    title: str
    words: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    source: str
    reviewed_on: date
    review_due: date

    def text(self, foot: str) -> str:
        """Return the table as a chat shows it: a line a row, the columns side by side."""
        lines = [f"· {row[0]}：{self._beside(row[1:])}" for row in self.rows]
        return "\n".join([f"{self.title}（{'｜'.join(self.columns)}）", *lines, self.note, foot])

    @staticmethod
    def _beside(cells: tuple[str, ...]) -> str:
        """Return the cells side by side; what is the same for all is said once."""
        return cells[0] if set(cells[1:]) <= {cells[0], "一样"} else "｜".join(cells)


@dataclass(frozen=True)
class Comparisons:
    """All tables, and the words that ask for one."""

    asks: str
    foot: str
    tables: tuple[Table, ...]

    def named(self, text: str, today: date) -> Table | None:
        """Return the table that the text asks for; none whose review is overdue."""
        current = [table for table in self.tables if table.review_due >= today]
        return next((table for table in current if re.search(table.words, text)), None)

    @property
    def sentences(self) -> str:
        """Return the regular expression of a sentence that asks for a comparison."""
        subjects = "|".join(table.words for table in self.tables)
        return rf"^(?=.*(?:{subjects}))(?=.*(?:{self.asks})).{{2,40}}$"


@lru_cache(maxsize=1)
def comparisons() -> Comparisons:
    """Return the tables as shipped; raise TableError with file, line and remedy."""
    return load_comparisons(_FILE)


def load_comparisons(file: Path) -> Comparisons:
    """Return the tables of a file; raise TableError with file, line and remedy."""
    raw = load_table(file)
    raw.only("asks", "foot", "tables")
    return Comparisons(
        asks=_pattern(raw, "asks"),
        foot=raw.text("foot"),
        tables=tuple(_table(code, row) for code, row in raw.named_rows("tables")),
    )


def _table(code: str, row: Row) -> Table:
    row.only(
        *("title", "words", "columns", "rows", "note", "source", "reviewed_on", "review_due"),
    )
    columns = row.texts("columns")
    table = Table(
        code=code,
        title=row.text("title"),
        words=_pattern(row, "words"),
        columns=columns,
        rows=tuple(_cells(row, cells, len(columns)) for cells in row.get("rows") or ()),
        note=row.text("note"),
        source=row.text("source"),
        reviewed_on=row.day("reviewed_on"),
        review_due=row.day("review_due"),
    )
    if not table.rows or len(columns) < 2:
        raise row.wrong("rows", f"{code} 没有可比的内容", "至少写两列、一行。")
    if found := _PRICE.search(table.text("")):
        raise row.wrong("rows", f"{code} 里写了价格“{found[0]}”", "对照表不比价格，请删去。")
    return table


def _cells(row: Row, cells: Any, columns: int) -> tuple[str, ...]:
    wanted = columns + 1
    if not isinstance(cells, list) or len(cells) != wanted:
        raise row.wrong("rows", f"有一行不是 {wanted} 格", "第一格写比什么，后面每列一格。")
    return tuple(str(cell) for cell in cells)


def _pattern(row: Row, key: str) -> str:
    text = row.text(key)
    try:
        re.compile(text)
    except re.error as error:
        raise row.wrong(key, f"{key} 不是正则表达式（{error}）", "请检查括号和竖线。") from error
    return text
