"""kill -9, locks, repeats and upgrades: what was acknowledged is there, and it is there once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from storage import schema
from tests import warm
from tests.bot.channels.wechat.fake_api import FakeApi
from tests.crash.checks import check
from tests.crash.customers import (
    CLAIM,
    LATER,
    QUESTIONS,
    SUBMIT,
    Crowd,
    Life,
    WeChatWay,
    deliver,
    message,
)
from tests.crash.server import ColdServer, Installation, WarmServers

KILLS = 24
LEAST_MESSAGES = 200
# So many get through before most kills, however slow the machine.
BETWEEN = 15


def settle(done: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until ``done``; the check afterwards tells what is missing."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.05)


def kill_at_random(home: Installation, servers: WarmServers, crowd: Crowd, turn: int) -> None:
    """Kill under load; every fourth time when messages are acknowledged but only in the spool.

    Every third server may die before it has answered anybody.
    """
    if turn % 3:
        enough = crowd.answered + BETWEEN
        settle(lambda: crowd.answered > enough)
    time.sleep(random.uniform(0.02, 0.7))
    if turn % 4:
        servers.kill()
        return
    with home.locked():
        settle(lambda: bool(home.waiting_in_spool()), seconds=2)
        servers.kill()


def test_kill_9_loses_nothing_and_doubles_nothing(
    home: Installation, servers: WarmServers, api: FakeApi
) -> None:
    """F4: killed at random points under load, over both channels, from cold and warm starts."""
    server = ColdServer(home)
    home.wait_until_up()
    crowd = Crowd(home)
    crowd.start()
    time.sleep(1)
    server.kill()
    servers.start()
    for turn in range(1, KILLS):
        home.wait_until_up()
        kill_at_random(home, servers, crowd, turn)
        servers.start()
    crowd.finish()
    settle(lambda: not home.waiting_in_spool())
    servers.kill()
    assert len(crowd.sent) > LEAST_MESSAGES
    assert sum(life.finished for life in crowd.lives) > KILLS
    check(home, crowd.lives, api.sent)


def test_the_same_message_three_times(
    home: Installation, servers: WarmServers, api: FakeApi
) -> None:
    """F1: the platform's retries get the same answer and have one effect."""
    servers.start()
    home.wait_until_up()
    way, life = (
        WeChatWay(home.port, home.account),
        Life("wechat", "o-three-times", frozenset({"CL"})),
    )
    for said in (CLAIM, SUBMIT, QUESTIONS[0]):
        sent, number = message(way, life.peer, said)
        life.said.append(sent)
        for _ in range(3):
            deliver(way, sent, number)
            time.sleep(0.1)
        assert len(sent.answers) == 3
    life.finished = True
    settle(lambda: not home.waiting_in_spool())
    servers.kill()
    check(home, [life], api.sent)


def test_the_same_message_sixteen_times_at_once(
    home: Installation, servers: WarmServers, api: FakeApi
) -> None:
    """F2: sixteen at once are one turn; every answer is the same or `success`."""
    servers.start()
    home.wait_until_up()
    way, life = WeChatWay(home.port, home.account), Life("wechat", "o-sixteen", frozenset({"CL"}))
    with ThreadPoolExecutor(16) as pool:
        for said in (CLAIM, SUBMIT):
            sent, number = message(way, life.peer, said)
            life.said.append(sent)
            list(pool.map(lambda _, s=sent, n=number: deliver(way, s, n), range(16)))
            assert len(sent.answers) == 16
            assert len(set(sent.answers) - {LATER}) <= 1
    life.finished = True
    settle(lambda: not home.waiting_in_spool())
    servers.kill()
    check(home, [life], api.sent)


def test_a_locked_database_loses_nothing(
    home: Installation, servers: WarmServers, api: FakeApi
) -> None:
    """F8: locked for longer than SQLite waits; all is acknowledged in time and answered later."""
    servers.start()
    home.wait_until_up()
    crowd = Crowd(home, wechat=8, chat=0, script=QUESTIONS)
    before = len(api.sent)
    with home.locked():
        crowd.start()
        time.sleep(6)
    crowd.finish()
    settle(lambda: not home.waiting_in_spool() and len(api.sent) > before)
    time.sleep(1)
    servers.kill()
    assert {status for sent in crowd.sent for status in sent.statuses} == {200}
    assert any(LATER in sent.answers for sent in crowd.sent)
    assert max(sent.slowest for sent in crowd.sent) < 4.5
    delivered = {item["touser"] for item in api.sent}
    assert delivered >= {life.peer for life in crowd.lives if LATER in life.said[0].answers}
    check(home, crowd.lives, api.sent)


def test_sigterm_under_load(home: Installation, api: FakeApi) -> None:
    """F28: a deploy answers what it took, then exits 0 within ten seconds."""
    server = ColdServer(home)
    home.wait_until_up()
    crowd = Crowd(home)
    crowd.start()
    time.sleep(1.5)
    started = time.monotonic()
    status = server.stop()
    assert time.monotonic() - started < 10
    answered = [code for sent in crowd.sent for code in sent.statuses]
    assert set(answered) == {200}
    second = ColdServer(home)
    crowd.finish()
    settle(lambda: not home.waiting_in_spool())
    assert second.stop() == status == 0
    check(home, crowd.lives, api.sent)


def test_an_interrupted_upgrade_is_simply_run_again(spare: Installation) -> None:
    """F25: killed at many statements, the next upgrade ends with the schema of the models."""
    spare.database.unlink()
    url = f"sqlite:///{spare.database}"

    def outcomes(*deadly: int) -> list[int]:
        done = warm.run("tests.crash.broken_upgrade", url, *map(str, deadly))
        return [int(line) for line in done.stdout.split()]

    [statements] = outcomes()
    # Each time from nothing: what a killed run has finished of several migrations stays.
    for point in [*random.sample(range(8, statements), 5), statements]:
        for leftover in spare.folder.glob(f"{spare.database.name}*"):
            leftover.unlink()
        assert outcomes(point) == [-9]
        outcomes()
        with spare.engine() as engine:
            assert schema.is_current(engine)
            assert schema.differences(engine) == []
            with engine.connect() as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_an_older_program_refuses_a_newer_schema(spare: Installation) -> None:
    """F25: one clear line, no traceback, and nothing served."""
    with spare.engine() as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    done = spare.run("serve", "--port", str(spare.port))
    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert "数据库比程序新" in done.stderr
