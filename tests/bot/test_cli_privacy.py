"""`anda privacy` and `anda jobs` as an operator runs them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storage import schema
from storage.crypto import Cipher
from storage.database import open_engine
from tests import warm
from tests.storage.personal.people import Somebody

ROOT = Path(__file__).parents[2]
SECRET = "a secret of the tests, nothing else"
Run = Callable[..., subprocess.CompletedProcess[str]]
PERSON = Somebody(Cipher(SECRET.encode()), 1)


@pytest.fixture
def anda(tmp_path: Path) -> Run:
    """Runs the command on a database with one person in every table."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET.encode())
    schema.upgrade(engine)
    with Session(engine) as session:
        Somebody(Cipher(SECRET.encode()), 1).settle(session)
        session.commit()
    engine.dispose()
    outside = {k: v for k, v in os.environ.items() if not k.startswith("ANDA_")}
    ours = {"ANDA_DATABASE_URL": url, "ANDA_DATA_DIR": str(tmp_path), "ANDA_SECRET_KEY": SECRET}

    def run(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
        ours_only = outside | ours
        return warm.run("bot", *arguments, environment=ours_only, stdin=said, check=False)

    return run


def test_a_copy_then_an_erasure(anda: Run, tmp_path: Path) -> None:
    """Request, list, copy in two files that only we may read, plan, erase."""
    checked = ("--checked-by", "李主管", "--how", "video")
    number = anda("privacy", "request", "privacy_export", "--customer", "REF1").stdout.strip()
    assert number in anda("privacy", "list").stdout
    done = anda("privacy", "export", number, "--out", str(tmp_path / "out"), *checked)
    assert done.returncode == 0, done.stderr
    copy = tmp_path / "out" / f"{number}.json"
    assert copy.stat().st_mode & 0o077 == 0
    assert PERSON.phone in json.dumps(json.loads(copy.read_text(encoding="utf-8")))
    assert PERSON.name in copy.with_suffix(".html").read_text(encoding="utf-8")
    assert copy.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
    number = anda("privacy", "request", "privacy_erase", "--customer", "REF1").stdout.strip()
    assert "可以全部删除" in anda("privacy", "erase", number, "--dry-run").stdout
    refused = anda("privacy", "erase", number)
    assert (refused.returncode, "谁核验的" in refused.stderr) == (1, True)
    assert "two_staff" not in refused.stderr
    assert anda("privacy", "erase", number, "--how", "letter").returncode == 2
    done = anda("privacy", "erase", number, *checked)
    assert "已办：依法存档 0 份" in done.stdout
    assert PERSON.name not in done.stdout + done.stderr


def test_a_correction_is_typed_not_passed(anda: Run) -> None:
    """The new value comes from the keyboard."""
    number = anda("privacy", "request", "privacy_correct", "--customer", "REF1").stdout.strip()
    done = anda(
        "privacy", "correct", number, "--field", "phone", "--checked-by", "李", "--how", "counter",
        said="13800000797\n",
    )  # fmt: skip
    assert (done.returncode, "已更正" in done.stdout) == (0, True)


def test_jobs_are_listed_and_run(anda: Run) -> None:
    """The nightly purge, first dry; a job or a time that is none is wrong use."""
    assert "retention\t30 3 * * *" in anda("jobs", "list").stdout
    dry = anda("jobs", "run", "retention", "--dry-run")
    assert "（试运行）验证码：1 行" in dry.stdout
    assert "验证码：1 行" in anda("jobs", "run", "retention").stdout
    assert "验证码：0 行" in anda("jobs", "run", "retention").stdout
    assert anda("jobs", "run", "nothing").returncode == 2
    assert anda("jobs", "run", "retention", "--as-of", "soon").returncode == 2
