"""Read the rows of a file that came from outside: Excel, JSON lines, YAML; nothing is trusted."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bot.errors import BadRequest
from bot.workbooks import refuse_bombs
from knowledge_base.yaml_lines import load_rows

MOST_BYTES = 30_000_000
# What a small archive may swell to; a workbook of 20,000 entries is far below this.
MOST_UNPACKED = 150_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 60
LONGEST_LINE = 1_000_000
FORMULA = "formula"


@dataclass(frozen=True)
class SourceRow:
    """One row: where it stands, and its cells by the names in the file."""

    number: int
    cells: Mapping[str, Any]
    formulas: tuple[str, ...] = ()
    problem: str = ""


def read(file: Path) -> Iterator[SourceRow]:
    """Yield the rows of a file; raise BadRequest when it cannot be one of ours."""
    if not file.is_file():
        raise BadRequest(f"找不到文件 {file}")
    if file.stat().st_size > MOST_BYTES:
        raise BadRequest(f"{file.name} 超过 {MOST_BYTES // 1_000_000} MB，请拆成几个文件")
    readers: dict[str, Callable[[Path], Iterator[SourceRow]]] = {
        ".xlsx": _excel, ".jsonl": _lines, ".yaml": _yaml, ".yml": _yaml,
    }  # fmt: skip
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise BadRequest(
            f"不认识的文件类型 {file.suffix or file.name}，请用 .xlsx、.jsonl 或 .yaml"
        )
    return reader(file)


def _lines(file: Path) -> Iterator[SourceRow]:
    with file.open("rb") as lines:
        number = 0
        while line := lines.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise BadRequest(f"{file.name} 第 {number} 行太长，请检查是否少了换行")
            if line.strip():
                yield _json_row(number, line.removeprefix(b"\xef\xbb\xbf"))


def _json_row(number: int, line: bytes) -> SourceRow:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return SourceRow(number, {}, problem="不是合法的 JSON")
    if not isinstance(row, dict):
        return SourceRow(number, {}, problem="不是一个 JSON 对象")
    return SourceRow(number, row)


def _yaml(file: Path) -> Iterator[SourceRow]:
    for row in load_rows(file):
        yield SourceRow(row.line, row)


def _excel(file: Path) -> Iterator[SourceRow]:
    refuse_bombs(file, MOST_UNPACKED)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise BadRequest(f"{file.name} 打不开，请用 Excel 另存为 .xlsx（{error}）"[:200]) from None
    try:
        yield from _sheet(file, book.worksheets[0].iter_rows(max_col=MOST_COLUMNS))
    except (KeyError, ValueError, TypeError, SyntaxError, IndexError, AttributeError) as error:
        # What the library trips over inside a broken workbook is of any kind.
        raise BadRequest(f"{file.name} 内容损坏，请用 Excel 另存后再试（{error}）"[:200]) from None
    finally:
        book.close()


def _sheet(file: Path, rows: Iterator[Any]) -> Iterator[SourceRow]:
    names: list[str] = []
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise BadRequest(f"{file.name} 超过 {MOST_ROWS} 行，请拆成几个文件")
        values = [cell.value for cell in row]
        if all(value is None or value == "" for value in values):
            continue
        if not names:
            names = ["" if value is None else str(value).strip() for value in values]
            continue
        cells = {n: v for n, v in zip(names, values, strict=False) if n and v is not None}
        formulas = tuple(
            name for name, cell in zip(names, row, strict=False) if name and _is_formula(cell)
        )
        yield SourceRow(number, cells, formulas)


def _is_formula(cell: Any) -> bool:
    return getattr(cell, "data_type", "") == "f"
