"""Read a table from CSV or XLSX as rows of text, each with the line it stands in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bot.errors import AndaError

Row = tuple[int, Mapping[str, str]]
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_table(file: Path) -> list[Row]:
    """Return the rows below the heading; raise AndaError for what is no table."""
    lines = _xlsx(file) if file.suffix.lower() in (".xlsx", ".xlsm") else _csv(file)
    rows = list(_rows(lines))
    if not rows:
        raise AndaError(f"{file.name}：没有数据行，第一行应是列名")
    return rows


def _rows(lines: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    heading: list[str] | None = None
    for number, cells in lines:
        if not any(cells):
            continue
        if heading is None:
            heading = cells
        else:
            yield number, dict(zip(heading, cells, strict=False))


def _csv(file: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(_decoded(file), newline=""))
    for cells in reader:
        yield reader.line_num, [cell.strip() for cell in cells]


def _decoded(file: Path) -> str:
    raw = file.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AndaError(f"{file.name}：不是 UTF-8 或 GB18030 的文字，请另存为 CSV UTF-8")


def _xlsx(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError):
        raise AndaError(f"{file.name}：不是能打开的 XLSX 文件") from None
    try:
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_text(cell) for cell in cells]
    finally:
        book.close()


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()
