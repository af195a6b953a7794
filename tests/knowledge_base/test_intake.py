"""Files in and out: round trips, row-level errors, and files that mean harm."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bot.clock import SHANGHAI
from bot.errors import BadRequest
from bot.workbooks import MOST_PARTS
from knowledge_base import export, sheets
from knowledge_base.entries import Entry
from knowledge_base.intake import Intake, take_in
from knowledge_base.loader import load_folder

FULL = Entry(
    "F300", "=狗咬人赔吗？", ("狗咬了人", "+86 能打吗", "@你好"), "看条款：{hotline}。\n第二行",
    "条款 5", "L", date(2026, 11, 22), date(2027, 5, 22), "verified channel:wechat", ("狗",),
    ("F001",), ("转人工",), ("条款",), datetime(2026, 12, 1, tzinfo=SHANGHAI),
    datetime(2027, 1, 1, 8, tzinfo=SHANGHAI),
)  # fmt: skip
PLAIN = Entry("产品-1", "问题", (), "答案")


def read(file: Path) -> Intake:
    """Read a file."""
    return take_in(sheets.read(file))


def workbook(file: Path, *rows: list[Any]) -> Path:
    """Write rows to Excel."""
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file


def lines(file: Path, *rows: Any) -> Path:
    """Write rows as JSON lines."""
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return file


@pytest.mark.parametrize("ending", ["xlsx", "jsonl", "yaml"])
def test_what_is_exported_comes_back_the_same(tmp_path: Path, ending: str) -> None:
    """Every field, in every format."""
    file = tmp_path / f"kb.{ending}"
    assert export.write(file, [FULL, PLAIN]) == 2
    intake = read(file)
    assert intake.errors == []
    assert intake.entries == {"F300": FULL, "产品-1": PLAIN}


def test_exported_yaml_is_a_seed(tmp_path: Path) -> None:
    """The loader of the shipped files reads it."""
    full = replace(FULL, related=())
    export.write(tmp_path / "kb.yaml", [full])
    assert load_folder(tmp_path).entries == {"F300": full}


def test_no_exported_cell_is_a_formula(tmp_path: Path) -> None:
    """Texts that begin like a formula stay text when the file is opened."""
    file = tmp_path / "kb.xlsx"
    export.write(file, [replace(FULL, answer="=1+1", source="@SUM(A1)")])
    sheet = load_workbook(file).worksheets[0]
    assert all(cell.data_type in "snd" for row in sheet.iter_rows() for cell in row)


def test_clerks_may_use_their_own_headings(tmp_path: Path) -> None:
    """Chinese headings, several items in a cell, numbers as ids, unknown columns left alone."""
    file = workbook(
        tmp_path / "kb.xlsx",
        ["编号", "标准问法", "相似问法", "答案", "复核日", "备注"],
        [],
        [301, "问一", "说一\n说二|说三；说一", "答一", date(2026, 11, 22), "随便"],
        ["F302", "问二", '["a;b", "c"]', 200, "2026/11/22", None],
    )
    intake = read(file)
    assert intake.errors == []
    assert intake.ignored == {"备注"}
    first, second = intake.entries["301"], intake.entries["F302"]
    assert first.variants == ("说一", "说二", "说三")
    assert first.reviewed_on == second.reviewed_on == date(2026, 11, 22)
    assert (second.variants, second.answer) == (("a;b", "c"), "200")


GOOD = {"id": "A", "question": "问", "answer": "答"}


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"id": ""}, "id", "编号"),
        ({"id": "a b"}, "id", "不合用"),
        ({"question": "  "}, "question", "缺少标准问法"),
        ({"answer": None}, "answer", "缺少答案"),
        ({"answer": "拨打 {hot line}"}, "answer", "花括号"),
        ({"answer": "长" * 2_001}, "answer", "太长"),
        ({"question": "有\x07声"}, "question", "控制字符"),
        ({"question": ["不是文字"]}, "question", "不是文字"),
        ({"variants": {"a": 1}}, "variants", "不是文字"),
        ({"variants": [{"a": 1}]}, "variants", "不是文字"),
        ({"variants": "[坏"}, "variants", "不是合法的 JSON"),
        ({"variants": [f"说法{n}" for n in range(301)]}, "variants", "太多"),
        ({"basis": "X"}, "basis", "依据的种类"),
        ({"audience": "channel:"}, "audience", "受众"),
        ({"reviewed_on": "昨天"}, "reviewed_on", "不是日期"),
        ({"reviewed_on": "2026-11-22", "review_due": "2026-11-22"}, "review_due", "不晚于"),
        (
            {"effective_from": "2026-12-01", "expires_at": "2026-12-01"},
            "expires_at",
            "不晚于",
        ),
    ],
)
def test_a_bad_cell_is_named(
    tmp_path: Path, change: dict[str, Any], column: str, said: str
) -> None:
    """Row, column, problem and remedy; the good row beside it is not used either."""
    intake = read(lines(tmp_path / "kb.jsonl", GOOD | {"id": "B"}, GOOD | change))
    assert [(error.row, error.column) for error in intake.errors] == [(2, column)]
    assert said in intake.errors[0].problem
    assert intake.errors[0].remedy


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    """Broken lines, doubles and formulas, each with its row."""
    file = tmp_path / "kb.jsonl"
    file.write_text('{"id":\n[1]\n' + "\n".join([json.dumps(GOOD)] * 2), encoding="utf-8")
    assert [(e.row, e.column) for e in read(file).errors] == [(1, "—"), (2, "—"), (4, "id")]
    sheet = workbook(tmp_path / "kb.xlsx", ["id", "question", "answer"], ["A", "问", "=1+1"])
    assert str(read(sheet).errors[0]) == "第 2 行 answer：是公式。请粘贴为数值后再导入。"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\x00" * 100])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    """One sentence, no traceback."""
    file = tmp_path / "kb.xlsx"
    file.write_bytes(content)
    with pytest.raises(BadRequest, match=r"xlsx"):
        read(file)


def test_an_empty_file_holds_no_entries(tmp_path: Path) -> None:
    """It is an error: a forgotten sheet must not pass as done."""
    assert "没有读到" in str(read(lines(tmp_path / "kb.jsonl")).errors[0])
    assert "没有读到" in str(read(workbook(tmp_path / "kb.xlsx", ["id"])).errors[0])


def packed(file: Path, parts: dict[str, bytes]) -> Path:
    """Write an archive."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    """Too large unpacked, too many parts, entities: nothing of them is read."""
    large = packed(tmp_path / "a.xlsx", {"xl/a.bin": b"0" * (sheets.MOST_UNPACKED + 1)})
    assert large.stat().st_size < 1_000_000
    many = packed(tmp_path / "b.xlsx", {f"p{n}": b"" for n in range(MOST_PARTS + 1)})
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'
    entities = packed(tmp_path / "c.xlsx", {"xl/workbook.xml": laughs})
    for file, said in ((large, "太大"), (many, "太大"), (entities, "声明")):
        with pytest.raises(BadRequest, match=said):
            read(file)


def test_a_row_far_down_ends_the_reading(tmp_path: Path) -> None:
    """A sheet that claims a million rows is not walked to its end."""
    book = Workbook()
    assert book.active is not None
    book.active["A1"] = "id"
    book.active.cell(row=1_048_576, column=1, value="A")
    book.save(tmp_path / "kb.xlsx")
    with pytest.raises(BadRequest, match="行"):
        read(tmp_path / "kb.xlsx")


def test_other_files_are_refused(tmp_path: Path) -> None:
    """Missing, of another kind, or too large."""
    with pytest.raises(BadRequest, match="找不到"):
        read(tmp_path / "none.xlsx")
    with pytest.raises(BadRequest, match="文件类型"):
        read(lines(tmp_path / "kb.csv", GOOD))
    with pytest.raises(BadRequest, match="文件类型"):
        export.write(tmp_path / "kb.pdf", [])
    line = tmp_path / "kb.jsonl"
    line.write_bytes(b" " * (sheets.LONGEST_LINE + 2))
    with pytest.raises(BadRequest, match="太长"):
        read(line)
