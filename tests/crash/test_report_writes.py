"""kill -9 while an evaluation is kept: report, notices, ledger and chain together, or none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from storage import schema
from storage.audit_check import verify
from storage.database import open_engine
from storage.ledger import Happening, Ledger
from tests.conftest import SECRET
from tests.crash.dying import killed
from tests.crash.report_writes import NOW

WRITTEN = (
    "SELECT count(*) FROM service_report",
    "SELECT count(*) FROM personal_notice",
    "SELECT count(*) FROM event WHERE kind = 'report.made'",
    "SELECT count(*) FROM audit_entry WHERE subject LIKE 'report:%'",
)
STAFF = (
    "INSERT INTO staff_user (name, role, password_hash, created_at, skills)"
    " VALUES ('刘洋', 'supervisor', 'x', '2026-10-01', '[]')"
)


def test_a_report_is_whole_or_not_there(tmp_path: Path) -> None:
    """Killed while counting and at each of the last statements: nothing; then everything once."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    spare = f"sqlite:///{tmp_path / 'spare.db'}"
    for one in (url, spare):
        engine = open_engine(one, SECRET)
        schema.upgrade(engine)
        with engine.begin() as connection:
            ledger = Ledger(connection)
            # The tenth of October: a month to report, and no quarter that is over.
            ledger.add(Happening("handoff.opened", NOW - timedelta(days=22), 1, "HO1", "王敏"))
            ledger.write()
            connection.execute(text(STAFF))
    (statements,) = killed(spare, "tests.crash.report_writes:make")
    deadly = sorted({*range(1, statements, 60), *range(statements - 8, statements + 1)})
    assert killed(url, "tests.crash.report_writes:make", *deadly) == [-9] * len(deadly)
    counts = {_count(url, sql) for sql in WRITTEN}
    assert counts == {0}
    killed(url, "tests.crash.report_writes:make")
    killed(url, "tests.crash.report_writes:make")
    assert [_count(url, sql) for sql in WRITTEN] == [1, 1, 1, 1]
    with open_engine(url, SECRET).connect() as connection:
        assert verify(connection).whole


def _count(url: str, sql: str) -> int:
    engine = open_engine(url, SECRET)
    with engine.connect() as connection:
        found = int(connection.execute(text(sql)).scalar() or 0)
    engine.dispose()
    return found
