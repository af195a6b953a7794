"""Write entries, and tables, to files that people open: Excel, JSON lines, YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import yaml
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bot.errors import BadRequest
from knowledge_base.bodies import CONTROL, LISTS
from knowledge_base.entries import Entry
from knowledge_base.intake import HEADINGS

LONGEST_CELL = 32_000
_WIDE = {"question": 36, "variants": 40, "answer": 60, "source": 30}


def write(file: Path, entries: Iterable[Entry]) -> int:
    """Write the entries in the format that the name asks for; return how many."""
    writers: dict[str, Callable[[Path, Iterator[Entry]], None]] = {
        ".xlsx": _excel, ".jsonl": _lines, ".yaml": _yaml, ".yml": _yaml,
    }  # fmt: skip
    writer = writers.get(file.suffix.lower())
    if writer is None:
        raise BadRequest(
            f"不认识的文件类型 {file.suffix or file.name}，请用 .xlsx、.jsonl 或 .yaml"
        )
    count = 0

    def counted() -> Iterator[Entry]:
        nonlocal count
        for entry in entries:
            count += 1
            yield entry

    writer(file, counted())
    return count


def _lines(file: Path, entries: Iterator[Entry]) -> None:
    with file.open("wb") as target:
        for entry in entries:
            target.write(orjson.dumps({name: getattr(entry, name) for name in HEADINGS}) + b"\n")


def _yaml(file: Path, entries: Iterator[Entry]) -> None:
    """Write what the loader of the shipped files reads."""
    with file.open("w", encoding="utf-8") as target:
        for entry in entries:
            row = {name: _plain(getattr(entry, name)) for name in HEADINGS}
            kept = {name: value for name, value in row.items() if value not in (None, [], "")}
            target.write(yaml.safe_dump([kept], allow_unicode=True, sort_keys=False, width=100))
            target.write("\n")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _excel(file: Path, entries: Iterator[Entry]) -> None:
    rows = ([_cell(name, getattr(entry, name)) for name in HEADINGS] for entry in entries)
    table(file, HEADINGS, rows, [_WIDE.get(name, 14) for name in HEADINGS])


def _cell(name: str, value: Any) -> Any:
    written = "\n".join(value) if name in LISTS else value
    return None if written == "" else written


def table(
    file: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int] = ()
) -> None:
    """Write a table to Excel, row by row; no text in it can become a formula."""
    # Opened first: a half-built workbook that cannot be saved complains when it is dropped.
    with file.open("wb") as target:
        _book(headings, rows, widths).save(target)


def _book(
    headings: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]
) -> Workbook:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    for place, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.freeze_panes = "A2"
    sheet.append(list(headings))
    for row in rows:
        sheet.append([_safe(sheet, value) for value in row])
    return book


def _safe(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        # Excel knows no offsets; all our times are Shanghai's.
        return value.replace(tzinfo=None)
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, CONTROL.sub("", value)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell
