"""The `anda` command as an operator meets it: exit status, one clear line, never a traceback."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.cli.main import main
from tests import warm

WRONG_USE = {
    "": "用法不对",
    "bogus": "没有命令 bogus",
    "data import horses x.csv": "没有命令 horses",
    "serve --port 99999999": "--port 超出范围",
    "serve --port abc": "--port 要写成整数",
    "serve --role king": "--role 不能是 king，可选：all、web、worker、scheduler",
    "report kpi --from foo --to 2026-11-26": "--from 不能是 foo，要写成 2026-11-01 的样子",
    "serve extra": "多了参数 extra",
    "chat --nope": "没有选项 --nope",
    "chat --peer": "--peer 后面要写上值",
    "user add": "缺少参数 name",
    "user add x": "缺少选项 --role，可选：agent、claims",
    "token create --role king": "--role 不能是 king",
    "db": "用法不对",
    "db restore /nonexistent": "没有文件 /nonexistent",
    "kb match": "请加 --jsonl",
    "understand": "请加 --jsonl",
    "understand --jsonl --now someday": "时间 someday 看不懂",
    "dialogues /nonexistent.yaml": "没有文件 /nonexistent.yaml",
    "db restore /tmp": "要的是文件，/tmp 是文件夹",
    "dialogues /tmp": "要的是文件，/tmp 是文件夹",
    "jobs run renewal_reminder --as-of 0001-01-01": "时间「0001-01-01」要写成",
    "campaign effect --from 0001-01-01 --to 2026-11-01": "日期「0001-01-01」要写成",
    "report service --from 2026-10-01 --to 2026-10-31 a.txt": "anda: 文件名要以 .html 或 .pdf 结尾",
    "campaign stop renewal --reason=": "--reason 写一句为什么停",
    "campaign effect --from 2026-11-30 --to 2026-11-01": "--from 不能晚于 --to",
}


class Anda:
    """The command in a process of its own, beside an empty data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = os.environ | {
            "ANDA_DATA_DIR": str(folder / "var"),
            "ANDA_DATABASE_URL": f"sqlite:///{folder}/var/anda.db",
        }

    def __call__(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command and return how it ended."""
        return warm.run("bot", *words, environment=self._environment, stdin=stdin, check=False)

    def fails(self, status: int, *words: str, stdin: str = "") -> str:
        """Return the one line that a failing command says."""
        ended = self(*words, stdin=stdin)
        assert ended.returncode == status, ended
        lines = ended.stderr.splitlines()
        assert len(lines) == 1, lines
        return lines[0]


@pytest.fixture
def anda(tmp_path: Path) -> Anda:
    """Return the command."""
    return Anda(tmp_path)


@pytest.fixture
def own_logs() -> Iterator[None]:
    """Leave the logs of this process as they were: the command sets them up for itself."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("own_logs")
@pytest.mark.parametrize(("line", "said"), WRONG_USE.items(), ids=lambda text: text or "-")
def test_wrong_use(
    line: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong use exits 2 and says in one Chinese line what is wrong with which word."""
    monkeypatch.setattr(sys, "argv", ["anda", *line.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]


def test_wrong_use_of_the_command_itself(anda: Anda) -> None:
    """The same in a process that starts cold, as an operator meets it."""
    cold = subprocess.run(
        [sys.executable, "-m", "bot", "bogus"], capture_output=True, encoding="utf-8", check=False
    )
    assert cold.returncode == 2
    assert cold.stderr.splitlines() == [anda.fails(2, "bogus")]


def test_backup_and_restore(anda: Anda, tmp_path: Path) -> None:
    """A backup comes back whole; what is no backup of ours leaves the database alone."""
    backup, stranger = tmp_path / "backup.db", tmp_path / "stranger.db"
    newer, text = tmp_path / "newer.db", tmp_path / "text.db"
    assert "没有数据库" in anda.fails(1, "db", "backup", str(backup))
    assert not backup.exists()
    for words in (("upgrade",), ("backup", str(backup)), ("restore", str(backup))):
        assert anda("db", *words).returncode == 0
    own = str(anda.folder / "var" / "anda.db")
    assert "就是正在用的数据库" in anda.fails(1, "db", "backup", own)
    assert "备份写不到" in anda.fails(1, "db", "backup", str(tmp_path / "nowhere" / "x.db"))

    with closing(sqlite3.connect(stranger)) as database:
        database.execute("CREATE TABLE song (title TEXT)")
    newer.write_bytes(backup.read_bytes())
    with closing(sqlite3.connect(newer)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    text.write_text("no database at all " * 100)
    assert "不是安答的备份" in anda.fails(1, "db", "restore", str(stranger))
    assert "不是安答的备份" in anda.fails(1, "db", "restore", str(text))
    assert "更新的版本" in anda.fails(1, "db", "restore", str(newer))
    assert anda("db", "upgrade").returncode == 0


def test_chat_answers_every_line_with_a_line(anda: Anda) -> None:
    """Also moving the clock gives a line: whoever writes one and waits is not kept waiting."""
    rows: list[dict[str, Any]] = [
        {"at": "2026-12-01T10:00:00+08:00"},
        {"text": "报案"},
        {"location": {"lat": 39.1, "lon": 117.2, "label": None}},
        {"text": ""},
    ]
    ended = anda("chat", "--jsonl", stdin="\n".join(json.dumps(row) for row in rows))
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(answers) == len(rows)
    assert answers[0] == {"replies": [], "state": {"flow": None, "owner": "bot"}}
    assert answers[1]["state"]["flow"] == "claim_report"
    assert "None" not in json.dumps(answers[2])


BAD_LINES = {
    '{"location": "x"}': "位置要写成",
    '{"location": {"lat": 900, "lon": 1}}': "不在地球上",
    '{"image": "/dev/zero"}': "不是能识别的照片",
    '{"at": "yesterday"}': "看不懂",
    "[1]": "应是一个 JSON 对象",
    "junk": "不是合法的 JSON",
}


@pytest.mark.parametrize(("row", "said"), BAD_LINES.items())
def test_chat_names_what_it_cannot_read(row: str, said: str, anda: Anda) -> None:
    """A bad line ends the command with one line that says what to write instead."""
    assert said in anda.fails(1, "chat", "--jsonl", stdin=row)
