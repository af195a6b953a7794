"""Killed while the knowledge base is edited: a step is whole or it never was; and releases that
go live under load cost no message."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from sqlalchemy import text

from tests import warm
from tests.bot.channels.wechat.fake_api import FakeApi
from tests.crash.broken_editing import STEPS
from tests.crash.checks import check
from tests.crash.customers import QUESTIONS, ChatWay, Crowd, deliver, message
from tests.crash.server import Installation, WarmServers

TAKEN_UP_S = 20.0


def outcomes(home: Installation, step: str, *deadly: int) -> list[int]:
    """Take a step, or be killed in it."""
    url = f"sqlite:///{home.database}"
    done = warm.run("tests.crash.broken_editing", url, step, *map(str, deadly))
    return [int(line) for line in done.stdout.split()]


def contents(home: Installation) -> dict[str, list[tuple[object, ...]]]:
    """Return all that the tables of the knowledge base hold, ciphertext left out."""
    queries = {
        "version": "SELECT entry_id, number, state, author, reviewer FROM kb_version ORDER BY id",
        "release": "SELECT number, kind, size FROM kb_release ORDER BY number",
        "item": "SELECT release, entry_id, version_id FROM kb_release_item ORDER BY 1, 2",
        "cluster": "SELECT id, state, owner, entry FROM kb_cluster ORDER BY id",
        "miss": "SELECT id, kind, cluster_id FROM kb_miss ORDER BY id",
    }
    with home.engine() as engine, engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert not connection.execute(text("PRAGMA foreign_key_check")).all()
        return {name: list(map(tuple, connection.execute(text(q)))) for name, q in queries.items()}


def test_a_killed_step_never_was(spare: Installation, tmp_path: Path) -> None:
    """Every write of the editors' work, killed at every statement: all of it or nothing."""
    aside = tmp_path / "aside.db"
    for step in STEPS:
        before = contents(spare)
        shutil.copy(spare.database, aside)
        [statements] = outcomes(spare, step)
        after = contents(spare)
        assert after != before
        shutil.copy(aside, spare.database)
        for leftover in ("-wal", "-shm"):
            Path(f"{spare.database}{leftover}").unlink(missing_ok=True)
        points = range(1, statements + 1)
        assert outcomes(spare, step, *points) == [-9] * statements
        assert contents(spare) == before, step
        outcomes(spare, step)
        assert contents(spare) == after
    released = {number: size for number, _, size in contents(spare)["release"]}
    items = [release for release, _, _ in contents(spare)["item"]]
    assert {number: items.count(number) for number in released} == released


def test_a_release_under_load_costs_no_message(
    home: Installation, servers: WarmServers, api: FakeApi, tmp_path: Path
) -> None:
    """A running server takes up an import and a roll-back; every message is answered 200."""
    assert home.run("setup", "--quiet").returncode == 0
    servers.start()
    home.wait_until_up()
    crowd = Crowd(home, script=QUESTIONS)
    crowd.start()
    asked, answer = "火星上的房子漏水了赔不赔", "火星上的房子不在承保范围内，编号 M1。"
    file = tmp_path / "new.jsonl"
    row = {"id": "M1", "question": asked, "variants": [], "answer": answer, "source": "x"}
    file.write_text(json.dumps(row), encoding="utf-8")
    assert answer not in said(home, asked)
    done = home.run("kb", "import", str(file), "--publish")
    assert done.returncode == 0, done.stderr
    assert until(home, asked, answer, there=True)
    done = home.run("kb", "rollback", "1")
    assert done.returncode == 0, done.stderr
    assert until(home, asked, answer, there=False)
    crowd.finish()
    servers.kill()
    assert {status for sent in crowd.sent for status in sent.statuses} == {200}
    check(home, crowd.lives, api.sent)


def said(home: Installation, asked: str) -> str:
    """Return what a new customer is answered."""
    way = ChatWay(home.port)
    sent, number = message(way, way.identity(), asked)
    deliver(way, sent, number)
    return sent.answers[0]


def until(home: Installation, asked: str, answer: str, *, there: bool) -> bool:
    """Ask until the answer is there, or is not any more."""
    end = time.monotonic() + TAKEN_UP_S
    while (answer in said(home, asked)) != there:
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
