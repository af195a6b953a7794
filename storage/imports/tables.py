"""Read a table row by row from CSV or XLSX, however large; nothing of it is trusted."""

from __future__ import annotations

import codecs
import csv
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bot.errors import BadRequest
from bot.workbooks import refuse_bombs

Line = tuple[int, Sequence[str]]
MOST_COLUMNS = 100
# A workbook of the most rows that Excel allows unpacks to less.
MOST_UNPACKED = 1_500_000_000
_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_EXACT = 10**15
_BROKEN = (KeyError, ValueError, TypeError, SyntaxError, IndexError, AttributeError, EOFError)


def lines(file: Path) -> Iterator[Line]:
    """Yield the rows that are not blank with their line numbers; raise BadRequest for no table."""
    if not file.is_file():
        raise BadRequest(f"找不到文件 {file}")
    ending = file.suffix.lower()
    if ending in (".xlsx", ".xlsm"):
        return _xlsx(file)
    if ending in (".csv", ".txt", ".tsv"):
        return _csv(file)
    raise BadRequest(f"不认识的文件类型 {ending or file.name}，请另存为 .csv 或 .xlsx")


def _csv(file: Path) -> Iterator[Line]:
    encoding = _encoding(file)
    with file.open(encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=_delimiter(file, encoding))
        begins = 1
        try:
            for cells in reader:
                if any(cells) and any(cell.strip() for cell in cells):
                    yield begins, cells
                begins = reader.line_num + 1
        except csv.Error:
            raise BadRequest(
                f"{file.name} 第 {begins} 行起读不下去：引号没有成对，或这一格太长，请检查这一行"
            ) from None


def _encoding(file: Path) -> str:
    """Return the encoding that fits the whole file: GBK is what old spreadsheets write."""
    with file.open("rb") as raw:
        start = raw.read(4)
    for bom, name in _BOMS:
        if start.startswith(bom):
            if _fits(file, name):
                return name
            raise BadRequest(f"{file.name}：文字编码前后不一致，请另存为 CSV UTF-8")
    for name in ("utf-8", "gb18030"):
        if _fits(file, name):
            return name
    raise BadRequest(f"{file.name}：不是 UTF-8 或 GBK 的文字，请另存为 CSV UTF-8")


def _fits(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with file.open("rb") as raw:
        try:
            while chunk := raw.read(_CHUNK):
                if encoding != "utf-16" and b"\0" in chunk:
                    return False
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(file: Path, encoding: str) -> str:
    """Return what parts the cells of the first line that says something."""
    with file.open(encoding=encoding, newline="") as text:
        for _ in range(100):
            line = text.readline(_CHUNK)
            if line.strip(" \t\r\n,;"):
                return max(",\t;", key=line.count)
    return ","


def _xlsx(file: Path) -> Iterator[Line]:
    refuse_bombs(file, MOST_UNPACKED)
    with warnings.catch_warnings():
        # The library warns of styles and extensions that it leaves out; we read values only.
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        except (InvalidFileException, BadZipFile, OSError, *_BROKEN) as error:
            text = f"{file.name} 打不开，请用 Excel 另存为 .xlsx（{error}）"
            raise BadRequest(text[:200]) from None
    try:
        yield from _sheet(book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True))
    except _BROKEN as error:
        text = f"{file.name} 内容损坏，请用 Excel 另存后再试（{error}）"
        raise BadRequest(text[:200]) from None
    finally:
        book.close()


def _sheet(rows: Iterator[Any]) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield number, cells


def _text(cell: Any) -> str:
    """Return a cell as its words; a long number lost its last digits and says so itself."""
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0).isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _number(cell)
    return "" if cell is None else str(cell).strip()


def _number(value: float) -> str:
    if abs(value) >= _EXACT:
        return f"{value:.5E}"
    return str(int(value)) if value == int(value) else repr(value)
