"""`anda kb …` as an editor uses it, each command a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests import warm
from tests.crash.server import Installation

ROW = {"id": "F300", "question": "家里的狗咬了人赔吗？", "answer": "看附加险。", "source": "条款"}


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    """An installation with nothing in it yet."""
    return Installation(tmp_path / "home")


def kb(home: Installation, *arguments: str, status: int = 0) -> str:
    """Run a command and return what it says."""
    done = home.run("kb", *arguments)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_an_editors_day(home: Installation, tmp_path: Path) -> None:
    """From a file to a draft, review, replay, release, export, roll-back; roles are kept."""
    file, sheet, out = tmp_path / "a.jsonl", tmp_path / "replay.xlsx", tmp_path / "out.xlsx"
    file.write_text(json.dumps(ROW), encoding="utf-8")
    for name, role in (("wang", "trainer"), ("li", "trainer"), ("zhang", "supervisor")):
        home.run("db", "upgrade")
        assert home.run("user", "add", name, "--role", role).returncode == 0
    assert "F300" in kb(home, "draft", str(file), "--as", "wang")
    kb(home, "submit", "--all", "--as", "wang")
    assert "另一个人" in kb(home, "approve", "F300", "--as", "wang", status=1)
    kb(home, "approve", "--all", "--as", "li")
    assert "待发布　wang → li" in kb(home, "versions")
    assert "变了 0" in kb(home, "replay", "--approved", "--xlsx", str(sheet))
    assert load_workbook(sheet).worksheets[0]["A1"].value == "结果"
    assert "不能发布" in kb(home, "publish", "--as", "li", status=1)
    assert "第 2 号" in kb(home, "publish", "--as", "zhang")
    assert "+ F300" in kb(home, "diff", "1")
    assert "251 条" in kb(home, "export", str(out))
    assert "第 3 号" in kb(home, "rollback", "1", "--as", "zhang")
    assert [line.split()[0] for line in kb(home, "releases").splitlines()] == ["3", "2", "1"]
    assert "没有未处理" in kb(home, "misses")
    _what_was_not_answered(home)


def _what_was_not_answered(home: Installation) -> None:
    """A cluster is looked at, taken, drafted from and put to an entry; who does it must be said."""
    asked = json.dumps({"text": "保单封面能换成猫咪图案吗"}, ensure_ascii=False)
    warm.run("bot", "chat", "--jsonl", environment=home.environment, stdin=f"{asked}\n")
    assert "猫咪图案" in kb(home, "misses")
    assert "猫咪图案" in kb(home, "misses", "--show", "1")
    assert home.run("kb", "miss", "take", "1").returncode == 2
    assert "没有第 9 组" in kb(home, "miss", "take", "9", "--as", "wang", status=1)
    assert "第 1 组：有人在办" in kb(home, "miss", "take", "1", "--as", "wang")
    assert "F125" in kb(home, "miss", "variant", "1", "F125", "--as", "wang")
    assert "第 1 组：不用管" in kb(home, "miss", "ignore", "1", "--as", "wang")
    assert "没有未处理" in kb(home, "misses")
    assert "猫咪图案" in kb(home, "misses", "--all")


def test_a_miss_becomes_an_entry_and_is_done(home: Installation) -> None:
    """`miss draft` makes an entry from what was asked, `miss done` takes the cluster off the list;
    who does it, and a cluster that there is, are needed."""
    home.run("db", "upgrade")
    for name, role in (("wang", "trainer"), ("chen", "claims")):
        assert home.run("user", "add", name, "--role", role).returncode == 0
    asked = json.dumps({"text": "保单封面能换成猫咪图案吗"}, ensure_ascii=False)
    warm.run("bot", "chat", "--jsonl", environment=home.environment, stdin=f"{asked}\n")
    given = ("--answer", "封面图案不能换。", "--source", "承保岗答复")
    for refused, why, status in (
        (("draft", "1", *given), "--as", 2),
        (("draft", "9", *given, "--as", "wang"), "没有第 9 组", 1),
        (("draft", "1", *given, "--as", "chen"), "chen", 1),
        (("done", "1"), "--as", 2),
        (("done", "9", "--as", "wang"), "没有第 9 组", 1),
        (("done", "一", "--as", "wang"), "整数", 2),
    ):
        assert why in kb(home, "miss", *refused, status=status)
    said = kb(home, "miss", "draft", "1", *given, "--as", "wang")
    assert "已起草 F300" in said
    assert "anda kb submit F300 --as wang" in said
    versions = kb(home, "versions")
    assert "F300" in versions
    assert "猫咪图案" in versions
    assert "→ F300" in kb(home, "misses", "--all")
    assert "第 1 组：已解决" in kb(home, "miss", "done", "1", "--as", "wang")
    assert "没有未处理" in kb(home, "misses")
    assert "已解决" in kb(home, "misses", "--all")
    assert "F300" in kb(home, "submit", "F300", "--as", "wang")


def test_bad_rows_are_told_and_nothing_is_imported(home: Installation, tmp_path: Path) -> None:
    """Row, column, problem, remedy; exit status 1, and no release."""
    file = tmp_path / "a.jsonl"
    file.write_text(f"{json.dumps(ROW)}\n{json.dumps(ROW | {'answer': ''})}\n", encoding="utf-8")
    said = kb(home, "import", str(file), "--publish", status=1)
    assert "第 2 行 answer：缺少答案" in said
    assert "没有导入任何一条" in said
    file.write_text(json.dumps(ROW), encoding="utf-8")
    assert "只做了检查" in kb(home, "import", str(file), "--publish", "--dry-run")
    assert len(kb(home, "releases").splitlines()) == 1
    assert "第 2 号" in kb(home, "import", str(file), "--publish", "--replace")
    assert "共 1 条" in kb(home, "check", status=1)
    assert home.run("kb", "import", str(file), "--replace").returncode == 2
    assert "没有账号 nobody" in kb(
        home, "import", str(file), "--publish", "--as", "nobody", status=1
    )


def test_files_that_cannot_be_used_are_told_in_chinese(home: Installation, tmp_path: Path) -> None:
    """A folder that is not there, a folder for a file, a wrong ending, an unknown entry."""
    lost = tmp_path / "nowhere" / "out.xlsx"
    said = kb(home, "export", str(lost), status=1)
    assert said == f"anda: 找不到文件或文件夹 {lost}\n"
    assert "不是文件夹" in kb(home, "match", "--jsonl", "--kb", str(tmp_path), status=1)
    said = kb(home, "replay", "--xlsx", str(tmp_path / "out.txt"), status=1)
    assert said == "anda: --xlsx 的文件名要以 .xlsx 结尾\n"
    assert "没有 F999 这一条" in kb(home, "versions", "F999", status=1)


def test_the_shipped_entries_pass_their_own_check(home: Installation) -> None:
    """No wording of the shipped knowledge base is answered by another entry."""
    assert "发现 0 个问题" in kb(home, "check")
