"""Turn the lines of a table into rows to store, and collect what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from storage.crypto import Cipher
from storage.imports.cells import CellError, folded
from storage.imports.kinds import Kind, Parse, Values
from storage.imports.layout import Layout, layouts, plain
from storage.imports.tables import Line

SHOWN = 200
# A table of the wrong kind is wrong in every row; reading on would tell nothing new.
ENOUGH = 10_000


@dataclass
class Problems:
    """What is wrong: the first ones in words, all of them counted."""

    total: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, text: str, count: int = 1) -> None:
        """Note one problem."""
        self.total += count
        if len(self.shown) < SHOWN:
            self.shown.append(text)

    @property
    def hopeless(self) -> bool:
        """Tell whether reading on makes no sense."""
        return self.total >= ENOUGH


class _Place(NamedTuple):
    """Where a column stands and how it is read."""

    field: str
    title: str
    place: int
    required: bool
    parse: Parse


class Reader:
    """Reads the rows of one kind."""

    def __init__(self, kind: Kind, cipher: Cipher, headings: Sequence[str]) -> None:
        """Find the columns; raise ValueError when the table cannot be this kind."""
        self._kind, self._cipher = kind, cipher
        self._layout = layouts()[kind.name]
        self._width = len(headings)
        places, self.unused = self._layout.find([cell.strip() for cell in headings])
        self._places = [
            _Place(
                name,
                self._layout.title(name),
                place,
                self._layout.columns[name].required,
                _parser(kind, self._layout, name),
            )
            for name, place in places.items()
        ]

    def rows(self, lines: Iterator[Line], problems: Problems) -> Iterator[tuple[Any, ...]]:
        """Yield (line, key, parent, columns…) for every good row."""
        parent = self._kind.parent.field if self._kind.parent else ""
        for number, cells in lines:
            values = self._values(number, cells, problems)
            if values is None:
                if problems.hopeless:
                    return
                continue
            try:
                built = self._kind.build(values, self._cipher)
            except CellError as error:
                problems.add(f"第 {number} 行「{self._layout.title(error.field)}」：{error}")
                continue
            yield (number, values[self._kind.key], values.get(parent), *built)

    def _values(self, number: int, cells: Sequence[str], problems: Problems) -> Values | None:
        values: dict[str, Any] = {}
        good = True
        for name, title, place, required, parse in self._places:
            text = cells[place] if place < len(cells) else ""
            if not text or text.isspace():
                if required:
                    good = False
                    problems.add(f"第 {number} 行「{title}」：没有填，请补上")
                continue
            try:
                values[name] = parse(text)
            except CellError as error:
                good = False
                problems.add(f"第 {number} 行「{title}」：{error}")
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            good = False
            problems.add(f"第 {number} 行：比标题多出几格，可能是内容里的逗号没有加引号，请检查")
        return values if good else None


def _parser(kind: Kind, layout: Layout, name: str) -> Parse:
    """Return how a column is read: its own way, or one of the words that it may hold."""
    if name in kind.parsers:
        return kind.parsers[name]
    said = layout.values[name]
    first: dict[str, str] = {}
    for word, value in said.items():
        first.setdefault(value, word)
    choices = "、".join(word if value.isascii() else value for value, word in first.items())

    def parse(text: str) -> str:
        found = said.get(text) or said.get(plain(folded(text)))
        if found is None:
            raise CellError(f"不认得「{text.strip()[:20]}」，可以写：{choices}")
        return found

    return parse
