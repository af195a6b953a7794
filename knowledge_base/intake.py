"""Turn the rows of a file into entries, and say of every bad cell what to do about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from knowledge_base.bodies import DATES, LISTS, body_of, faults
from knowledge_base.entries import Entry
from knowledge_base.loader import MOMENTS, moment
from knowledge_base.sheets import SourceRow

# What clerks call the columns; the names of the fields themselves are understood as well.
COLUMNS = {
    "编号": "id", "标准问法": "question", "问题": "question", "相似问法": "variants",
    "问法": "variants", "答案": "answer", "换个说法": "also", "依据": "source", "来源": "source",
    "依据种类": "basis", "受众": "audience", "主题": "topics", "相关": "related",
    "按钮": "buttons", "必含": "must_contain", "复核日": "reviewed_on",
    "复核到期日": "review_due", "生效": "effective_from", "失效": "expires_at",
}  # fmt: skip
HEADINGS = (
    "id", "question", "variants", "answer", "also", "source", "basis", "reviewed_on", "review_due",
    "audience", "topics", "related", "buttons", "must_contain", "effective_from", "expires_at",
)  # fmt: skip
SPLIT = re.compile(r"[\n|｜；;]+")
MOST_SHOWN = 200


@dataclass(frozen=True)
class RowError:
    """What is wrong where, and what to do."""

    row: int
    column: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.column}：{self.problem}。{self.remedy}"


@dataclass
class Intake:
    """What a file holds: entries, or the reasons why it is refused as a whole."""

    entries: dict[str, Entry] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)


def take_in(rows: Iterable[SourceRow]) -> Intake:
    """Read all rows; with a single error none of the entries may be used."""
    intake, lines = Intake(), dict[str, int]()
    for row in rows:
        if len(intake.errors) >= MOST_SHOWN:
            break
        entry = _entry(row, intake)
        if entry is None:
            continue
        if entry.id in lines:
            problem = f"编号 {entry.id} 已在第 {lines[entry.id]} 行用过"
            intake.errors.append(RowError(row.number, "id", problem, "请换一个编号，或合并两行。"))
        lines[entry.id] = row.number
        intake.entries[entry.id] = entry
    if not intake.entries and not intake.errors:
        intake.errors.append(RowError(1, "id", "没有读到任何条目", "请检查表头和第一张工作表。"))
    return intake


def _entry(row: SourceRow, intake: Intake) -> Entry | None:
    """Return the entry of a row, None when something is wrong with it."""
    if row.problem:
        intake.errors.append(RowError(row.number, "—", row.problem, "请改正这一行。"))
        return None
    cells = _named(row.cells, intake)
    found = [
        RowError(row.number, COLUMNS.get(name, name), "是公式", "请粘贴为数值后再导入。")
        for name in row.formulas
    ]
    values: dict[str, Any] = {}
    for name in HEADINGS:
        try:
            values[name] = _value(name, cells.get(name))
        except ValueError as error:
            found.append(RowError(row.number, name, str(error), _REMEDIES[_kind(name)]))
    if not found:
        entry = Entry(**values)
        faulty = faults(entry.id, body_of(entry))
        found = [RowError(row.number, *fault) for fault in faulty]
        found += [RowError(row.number, *fault) for fault in _times(entry)]
        if not found:
            return entry
    intake.errors += found
    return None


def _named(cells: Mapping[str, Any], intake: Intake) -> dict[str, Any]:
    """Return the cells by the names of the fields; columns of others are left alone."""
    found: dict[str, Any] = {}
    for heading, value in cells.items():
        name = COLUMNS.get(str(heading).strip(), str(heading).strip().lower())
        if name in HEADINGS:
            found[name] = value
        else:
            intake.ignored.add(str(heading)[:40])
    return found


def _times(entry: Entry) -> Iterator[tuple[str, str, str]]:
    if entry.effective_from and entry.expires_at and entry.expires_at <= entry.effective_from:
        yield "expires_at", "失效时间不晚于生效时间", "请改成更晚的时间。"


def _kind(name: str) -> str:
    if name in LISTS:
        return "list"
    return "date" if name in (*DATES, *MOMENTS) else "text"


_REMEDIES = {
    "list": "请用换行或 | 隔开；JSON 里写成文字的列表。",
    "date": "请写成 2026-11-22 或 2026-11-22 08:00。",
    "text": "请写成文字。",
}


def _value(name: str, cell: Any) -> Any:
    kind = _kind(name)
    if kind == "list":
        return _list(cell)
    if kind == "date":
        return _date(name, cell)
    defaults = {"basis": "GK", "audience": "public"}
    return _text(cell) or defaults.get(name, "")


def _text(cell: Any) -> str:
    """Return a cell as text; Excel makes a number of whatever looks like one."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise ValueError(f"“{str(cell)[:40]}”不是文字")
    return str(cell).strip()


def _list(cell: Any) -> tuple[str, ...]:
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = json.loads(cell)
        except ValueError:
            raise ValueError("像是列表，但不是合法的 JSON") from None
    if isinstance(cell, list | tuple):
        return _kept([_text(item) for item in cell])
    return _kept(SPLIT.split(_text(cell)))


def _kept(items: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.strip() for item in items if item.strip()))


def _date(name: str, cell: Any) -> date | datetime | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        cell = _parsed(cell.strip())
    if not isinstance(cell, date):
        raise ValueError(f"“{str(cell)[:40]}”不是日期")
    if name in MOMENTS:
        return moment(cell)
    return cell.date() if isinstance(cell, datetime) else cell


def _parsed(text: str) -> date:
    plain = text.replace("/", "-").replace(".", "-", 2)
    try:
        return date.fromisoformat(plain) if len(plain) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text[:40]}”不是日期") from None
