"""kill -9 at every statement of an erasure: the person is there with the request open, or gone."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage import schema
from storage.audit_check import verify
from storage.crypto import Cipher
from storage.database import open_engine
from tests import warm
from tests.crash.dying import killed
from tests.crash.rights_writes import copy_wanted, waiting
from tests.storage.claims_kit import SECRET
from tests.storage.personal.people import Somebody, traces


def _run(url: str, folder: Path, *rest: object) -> str:
    done = warm.run("tests.crash.rights_writes", url, str(folder), *map(str, rest))
    return done.stdout.strip()


def test_an_erasure_is_whole_or_not_there(tmp_path: Path) -> None:
    """Half of it never stands; the last trial, undisturbed, does it; the other person stays."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    number = _run(url, tmp_path)
    one, other = Somebody(Cipher(SECRET), 1), Somebody(Cipher(SECRET), 2)
    with Session(engine) as session:
        before, others = traces(session, one.words), traces(session, other.words)
    assert before
    for first in (1, 21, 41, 61, 81, 101, 121, 141):
        outcomes = _run(url, tmp_path, number, *range(first, first + 20)).split()
        with Session(engine) as session:
            left = traces(session, one.words)
            status = session.execute(
                text("SELECT status FROM ticket WHERE number = :n"), {"n": number}
            ).scalar()
        assert (status, left) in (("new", before), ("done", ["restricted_record.body"]))
        if outcomes[-1] == "0":
            break
    assert status == "done"
    assert first > 20
    with Session(engine) as session:
        assert traces(session, other.words) == others
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()


def test_a_purge_that_died_is_finished_by_the_next(tmp_path: Path) -> None:
    """Every portion is whole; whoever comes after takes what is left, and nothing else."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    _run(url, tmp_path)
    gone = ("one_time_code", "verification_failure", "outbox_item", "kb_miss", "policy_snapshot",
            "idempotent_request", "restricted_record")  # fmt: skip
    outcomes = _run(url, tmp_path, "purge", *range(1, 80)).split()
    assert outcomes.count("-9") > 10
    assert outcomes[-1] == "0"
    with engine.connect() as connection:
        left = {t: connection.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in gone}
        assert left == dict.fromkeys(gone, 0)
        # What business was about is there.
        assert connection.execute(text("SELECT count(*) FROM message")).scalar() == 2
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()


def test_a_nightly_erasure_that_died_is_finished_by_the_next(tmp_path: Path) -> None:
    """Killed anywhere: the request waits with the person whole, or they are gone; told once."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    number = waiting(engine)
    announced = "SELECT count(*) FROM outbox_item WHERE dedupe_key LIKE '%announced'"
    killed(url, "tests.crash.rights_writes:announcing", *range(1, 60, 12))
    killed(url, "tests.crash.rights_writes:announcing")
    with engine.connect() as connection:
        assert connection.execute(text(announced)).scalar() == 1
    one = Somebody(Cipher(SECRET), 1)
    with Session(engine) as session:
        before = traces(session, one.words)
    codes: list[int] = []
    for first in range(1, 400, 40):
        codes += killed(url, "tests.crash.rights_writes:finishing", first)
        with Session(engine) as session:
            left = traces(session, one.words)
        assert left in (before, ["restricted_record.body"])
        if left != before:
            break
    assert codes.count(-9) > 2
    killed(url, "tests.crash.rights_writes:finishing")
    with Session(engine) as session:
        assert traces(session, one.words) == ["restricted_record.body"]
        status = session.execute(text("SELECT status FROM ticket WHERE number = :n"), {"n": number})
        assert status.scalar() == "restricted"
    engine.dispose()


def test_a_copy_that_died_can_be_had_by_the_next(tmp_path: Path) -> None:
    """Killed anywhere: never closed without a line in the log, never refused to the next."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    copy_wanted(engine)
    status = "SELECT status FROM ticket WHERE kind = 'privacy_export' ORDER BY id DESC"
    logged = "SELECT count(*) FROM access_log WHERE what = 'export of all personal data'"
    (whole,) = killed(url, "tests.crash.rights_writes:handing_out")
    with engine.begin() as connection:
        assert connection.execute(text(status)).scalar() == "done"
        connection.execute(
            text("UPDATE ticket SET status = 'new', closed_at = NULL WHERE status = 'done'")
        )
        before = connection.execute(text(logged)).scalar() or 0
    assert before == 1
    deadly = [*range(1, whole - 20, 8), *range(whole - 20, whole + 1)]
    codes: list[int] = []
    for first in range(0, len(deadly), 4):
        codes += killed(url, "tests.crash.rights_writes:handing_out", *deadly[first : first + 4])
        with engine.connect() as connection:
            now = connection.execute(text(status)).scalar()
            lines = connection.execute(text(logged)).scalar() or 0
        assert now != "done" or lines > before
    assert codes.count(-9) > 20
    assert killed(url, "tests.crash.rights_writes:handing_out")
    with engine.connect() as connection:
        assert connection.execute(text(status)).scalar() == "done"
        assert (connection.execute(text(logged)).scalar() or 0) > before + 1
        assert verify(connection).broken == ""
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()


def test_what_a_platform_asked_for_is_done_once_whatever_dies(tmp_path: Path) -> None:
    """Told or not told; the user there whole or gone; the policy stays, the other one too."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    _run(url, tmp_path)
    killed(url, "tests.crash.rights_writes:told_by_platform", *range(1, 40, 2))
    asked = "SELECT count(*) FROM ticket WHERE unique_key LIKE 'platform:%'"
    with engine.connect() as connection:
        assert connection.execute(text(asked)).scalar() == 1
    one, other = Somebody(Cipher(SECRET), 1), Somebody(Cipher(SECRET), 2)
    with Session(engine) as session:
        before, others = traces(session, one.words), traces(session, other.words)
    codes: list[int] = []
    for first in range(1, 400, 40):
        codes += killed(url, "tests.crash.rights_writes:by_platform", first, first + 20)
        with Session(engine) as session:
            left = traces(session, one.words)
        if left != before:
            break
    assert codes.count(-9) > 2
    gone = {"message.body", "conversation.peer", "outbox_item.body"}
    assert gone <= set(before)
    assert not gone & set(left)
    assert {"policy.number", "customer.name"} <= set(left)
    with Session(engine) as session:
        assert traces(session, other.words) == others
        status = "SELECT status FROM ticket WHERE unique_key LIKE 'platform:%'"
        assert session.execute(text(status)).scalar() in ("done", "restricted")
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()
