"""`anda report` and `anda assess` as an operator runs them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bench.ledger_rows import MONTH, Month
from storage import schema
from storage.database import open_engine
from storage.kpi.figures import DEFINITIONS
from storage.kpi.report import report, shown
from storage.ledger import Ledger
from storage.unit_of_work import UnitOfWork
from tests import warm

ROOT = Path(__file__).parents[2]
SECRET = "a secret of the tests, nothing else"
Run = Callable[..., subprocess.CompletedProcess[str]]
DAYS = ("--from", "2026-10-01", "--to", "2026-10-31")


@pytest.fixture
def anda(tmp_path: Path) -> Run:
    """Runs the command on a database with some events."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET.encode())
    schema.upgrade(engine)
    with engine.begin() as connection:
        ledger = Ledger(connection)
        for row in Month(3).rows(5_000):
            ledger.add(row)
        ledger.write()
    engine.dispose()
    outside = {k: v for k, v in os.environ.items() if not k.startswith("ANDA_")}
    ours = {"ANDA_DATABASE_URL": url, "ANDA_DATA_DIR": str(tmp_path), "ANDA_SECRET_KEY": SECRET}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return warm.run("bot", *arguments, environment=outside | ours, check=False)

    return run


def test_the_command_prints_what_is_counted(anda: Run, tmp_path: Path) -> None:
    """Words, numerator and denominator of each figure; the workbook beside says the same."""
    file = tmp_path / "指标.xlsx"
    done = anda("report", "kpi", *DAYS, "--xlsx", str(file))
    assert done.returncode == 0, done.stderr
    engine = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET.encode())
    with engine.connect() as connection:
        counted = report(UnitOfWork(connection), MONTH)
    engine.dispose()
    lines = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    assert [line[0] for line in lines] == list(DEFINITIONS)
    rows = list(load_workbook(file)["指标"].values)[1:]
    for line, row in zip(lines, rows, strict=True):
        total = counted.tables[line[0]].total
        assert line[2] == shown(total) == row[5]
        assert line[3].split("　")[0] == f"{total.hits}/{total.rows}" == f"{row[2]}/{row[3]}"


def test_a_page_is_written_and_a_wrong_period_is_refused(anda: Run, tmp_path: Path) -> None:
    """HTML on demand; days the wrong way round are wrong use, status 2."""
    page = tmp_path / "评估.html"
    assert anda("report", "service", *DAYS, str(page)).returncode == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    paper = tmp_path / "评估.pdf"
    assert anda("report", "service", *DAYS, str(paper)).returncode == 0
    assert paper.read_bytes().startswith(b"%PDF")
    other = anda("report", "service", *DAYS, str(tmp_path / "评估.docx"))
    assert (other.returncode, ".pdf" in other.stderr) == (2, True)
    wrong = anda("report", "kpi", "--from", "2026-10-31", "--to", "2026-10-01")
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (2, False)


def test_people_are_assessed_from_the_command_line(anda: Run, tmp_path: Path) -> None:
    """A post, a result with its basis in a workbook, and an appeal before publication refused."""
    assert anda("assess", "post", "员工01", "--team", "客服2组", "--post", "agent").returncode == 0
    file = tmp_path / "考核.xlsx"
    done = anda("assess", "show", *DAYS, "--as", "赵主管", "--xlsx", str(file))
    assert "员工01\t客服2组\tagent" in done.stdout
    rows = list(load_workbook(file)["考核建议"].values)
    assert "个样本" in str(rows[1][8])
    assert "可申诉" in str(rows[2][0])
    refused = anda("assess", "appeal", "员工01", "样本不对", *DAYS)
    assert (refused.returncode, "没有可申诉" in refused.stderr) == (1, True)


def test_supervision_and_feedback_from_the_command_line(anda: Run) -> None:
    """A plan is drawn and scored, a promise found, a piece of feedback carried to its measure."""
    drawn = anda("supervise", "plan", *DAYS, "--as", "赵主管")
    number = drawn.stdout.split("\t")[0]
    assert "已评 0" in drawn.stdout
    card = [line.split("\t") for line in anda("supervise", "scorecard").stdout.splitlines()]
    points = [f"--points={code}={most}" for code, _, most in card if most != "否决"]
    assert "100 分" in anda("supervise", "score", number, "--as", "赵主管", *points).stdout
    said = anda("supervise", "promises", "您放心，肯定赔")
    assert (said.returncode, "承诺赔付" in said.stdout) == (1, True)
    assert anda("feedback", "add", "建议晚上也有人工", "--as", "王敏").returncode == 0
    assert "1\t1 条" in anda("feedback", "list").stdout
    assert "IM1" in anda("feedback", "improve", "1", "夜间人工", "--as", "赵主管").stdout
    measured = anda(
        "feedback", "measure", "1", "--as", "赵主管", "--what", "加夜班", "--owner", "王敏",
        "--due", "2027-01-01",
    )  # fmt: skip
    assert measured.returncode == 0, measured.stderr
    closed = anda("feedback", "close", "1", "--as", "赵主管", "--result", "已有夜班")
    assert "另有 1 位要电话或邮件告诉" in closed.stdout
    assert "✓ 审计链完整" in anda("audit", "verify").stdout
