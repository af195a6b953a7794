"""kill -9 at every statement behind a link: a rating, a photo, a login are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from storage import schema
from storage.database import open_engine
from tests.crash.dying import KILLED, counts, killed
from tests.crash.link_writes import prepare
from tests.storage.services_kit import SECRET, branch_on

WRITTEN = {
    "rate": (
        "SELECT count(*) FROM survey WHERE status = 'answered'",
        "SELECT count(*) FROM ticket WHERE kind = 'feedback'",
        "SELECT count(*) FROM event WHERE kind = 'survey.answered'",
    ),
    "photo": (
        "SELECT count(*) FROM media WHERE status = 'stored'",
        "SELECT count(*) FROM message",
        "SELECT count(*) FROM case_event WHERE kind = 'photos'",
    ),
}


@pytest.mark.parametrize("what", sorted(WRITTEN))
def test_it_is_whole_or_not_there(what: str, tmp_path: Path) -> None:
    """Killed here and there, begun anew, and twice undisturbed: there once."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    branch = branch_on(engine)
    prepare(branch)
    branch.ways.close()
    work = f"tests.crash.link_writes:{what}"
    assert KILLED in killed(url, work, *range(2, 30, 5))
    assert counts(engine, WRITTEN[what]) in ({0}, {1})
    killed(url, work)
    killed(url, work)
    assert counts(engine, WRITTEN[what]) == {1}
    engine.dispose()


def test_a_login_that_died_leaves_no_state_that_is_good_twice(tmp_path: Path) -> None:
    """Killed between begin and use: the state is open or used, never both."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    branch_on(engine).ways.close()
    assert KILLED in killed(url, "tests.crash.link_writes:login", *range(1, 4))
    killed(url, "tests.crash.link_writes:login")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT used_at IS NOT NULL FROM oauth_state")).scalars()
        assert list(rows)[-1] == 1
    engine.dispose()
