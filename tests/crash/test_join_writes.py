"""kill -9 at every statement of joining and parting: one person or two, never half of each."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from storage import schema
from storage.audit_check import verify
from storage.database import open_engine
from tests.conftest import SECRET
from tests.crash.dying import killed
from tests.crash.join_writes import ready
from tests.storage.joins_kit import owners, standing

_HERE = "tests.crash.join_writes"


def _whole(engine: Engine) -> bool:
    """Tell whether they are joined; fail when it is neither."""
    with Session(engine) as session:
        joins, refs = standing(session), set(owners(session).values())
        consent = session.execute(text("SELECT customer_id FROM consent")).scalar()
        talk = session.execute(text("SELECT customer_id FROM conversation")).scalar()
    assert (joins, refs, consent == talk) in ((1, {"c1"}, True), (0, {"c1", "c2"}, True))
    return joins == 1


def _until_done(url: str, engine: Engine, work: str, *, joined: bool) -> list[int]:
    codes: list[int] = []
    for first in range(1, 200, 20):
        codes += killed(url, f"{_HERE}:{work}", *range(first, first + 20, 2))
        if _whole(engine) == joined:
            return codes
    raise AssertionError(f"{work} never got through")


def test_two_records_are_joined_or_they_are_not(tmp_path: Path) -> None:
    """Whatever dies when; the first that gets through does it all, and so back again."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    ready(engine)
    engine = open_engine(url, SECRET)
    assert _until_done(url, engine, "join_them", joined=True).count(-9) > 8
    assert _until_done(url, engine, "part_them", joined=False).count(-9) > 8
    with engine.connect() as connection:
        assert verify(connection).broken == ""
        assert connection.execute(text("SELECT count(*) FROM customer_join")).scalar() == 1
        seen = "SELECT count(*) FROM access_log WHERE what LIKE 'customer c%'"
        assert connection.execute(text(seen)).scalar() == 4
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()
