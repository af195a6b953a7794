"""`anda data import calendar` as an operator runs it: CSV and XLSX, exit status, one clear word."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from storage import schema
from storage.database import open_engine
from tests import warm

ROOT = Path(__file__).parents[2]
SECRET = "a secret of the tests, nothing else"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def anda(tmp_path: Path) -> Run:
    """Runs the command on a database of its own."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET.encode())
    schema.upgrade(engine)
    engine.dispose()
    outside = {k: v for k, v in os.environ.items() if not k.startswith("ANDA_")}
    ours = {"ANDA_DATABASE_URL": url, "ANDA_DATA_DIR": str(tmp_path), "ANDA_SECRET_KEY": SECRET}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        words = ("data", "import", "calendar", *arguments)
        return warm.run("bot", *words, environment=outside | ours, check=False)

    return run


def test_a_spreadsheet_is_checked_then_written(anda: Run, tmp_path: Path) -> None:
    """Dry run, import, import again: the last one changes nothing."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("日期", "类型", "名称"), ("2026-11-26", "放假", "停电")):
        sheet.append(row)
    file = tmp_path / "日历.xlsx"
    book.save(file)
    dry = anda(str(file), "--dry-run")
    assert (dry.returncode, "（试运行）新增 1 天" in dry.stdout) == (0, True)
    assert "新增 1 天" in anda(str(file)).stdout
    assert "不变 1 天" in anda(str(file)).stdout


def test_errors_name_their_lines_and_nothing_is_written(anda: Run, tmp_path: Path) -> None:
    """GB18030, as old spreadsheets write it; exit 1, and the good row is not in either."""
    file = tmp_path / "日历.csv"
    file.write_bytes("日期,类型,名称\n2026-11-26,放假,停电\n2026-11-31,放假,x\n".encode("gb18030"))
    done = anda(str(file))
    assert done.returncode == 1
    assert "第 3 行：日期「2026-11-31」" in done.stderr
    assert "一行也没有写入" in done.stderr
    assert "Traceback" not in done.stderr
    file.write_text("日期,类型,名称\n2026-11-26,放假,停电\n", encoding="utf-8-sig")
    assert "新增 1 天" in anda(str(file)).stdout


@pytest.mark.parametrize("name", ["empty.csv", "broken.xlsx"])
def test_what_is_no_table_is_refused_in_one_line(anda: Run, tmp_path: Path, name: str) -> None:
    """An empty file, or one that is no spreadsheet."""
    file = tmp_path / name
    file.write_bytes(b"" if name.endswith("csv") else b"not a zip")
    done = anda(str(file))
    assert done.returncode == 1
    assert done.stderr.startswith("anda: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_is_not_there_is_wrong_use(anda: Run) -> None:
    """Exit 2."""
    assert anda("/nowhere/x.csv").returncode == 2
