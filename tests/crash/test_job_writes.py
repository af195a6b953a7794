"""kill -9 at every statement of a job: what it writes together is there together, and once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from storage import schema
from storage.database import open_engine
from tests.crash.dying import KILLED, counts, killed
from tests.crash.job_writes import WHEN, prepare, prepare_content
from tests.storage.claims_kit import SECRET, desk_on

_NOTICE = "SELECT count(*) FROM staff_notice WHERE kind = "
# What each job writes together: all of these counts are 0 before and 1 after.
WRITTEN = {
    "claim_clocks": (
        "SELECT count(*) FROM case_event WHERE kind = 'overdue'",
        "SELECT count(*) FROM ticket WHERE kind = 'claim_overdue'",
    ),
    "claim_progress": (
        "SELECT count(*) / 4 FROM outbox_item WHERE reason LIKE '停机%'",
    ),
    "complaint_progress": (
        "SELECT count(*) FROM case_event WHERE kind = 'progress_told'",
        "SELECT count(*) FROM outbox_item WHERE kind = 'complaint_notice'"
        " AND dedupe_key LIKE '%:waiting:%'",
    ),
    "no_update_nudge": (
        "SELECT count(*) FROM ticket WHERE kind = 'claim_nudge'",
        "SELECT count(*) FROM ticket WHERE kind = 'complaint_nudge'",
    ),
    "kb_expiry": (
        "SELECT count(*) FROM kb_release WHERE kind = 'expire'",
        "SELECT count(*) FROM kb_version WHERE state = 'expired'",
        f"{_NOTICE}'kb_out'",
    ),
    "media_fetch": (
        "SELECT count(*) FROM media WHERE status = 'lost'",
        f"{_NOTICE}'media_lost'",
    ),
    "daily_digest": (f"{_NOTICE}'digest'",),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(WHEN))
def test_a_job_is_whole_or_has_done_nothing(name: str, tmp_path: Path) -> None:
    """Killed at each statement, begun anew each time, and at last undisturbed: done once."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    desk = desk_on(engine)
    prepare(desk)
    desk.ways.close()
    work = f"tests.crash.job_writes:{name}"
    deadly = range(2, 32, 4)
    assert KILLED in killed(url, work, *deadly)
    assert len(counts(engine, WRITTEN[name])) == 1
    killed(url, work)
    killed(url, work)
    assert counts(engine, WRITTEN[name]) == {1}
    engine.dispose()


def test_a_push_killed_between_its_pages_goes_on_and_doubles_nothing(tmp_path: Path) -> None:
    """Killed at every second statement, then undisturbed twice: one touch each, one record."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    desk = desk_on(engine)
    prepare_content(desk)
    desk.ways.close()
    work = "tests.crash.job_writes:content_calendar"
    assert KILLED in killed(url, work, *range(2, 20, 3))
    killed(url, work)
    killed(url, work)
    with engine.connect() as connection:
        touches = connection.execute(text("SELECT count(*) FROM outbox_item")).scalar()
        sent = connection.execute(text("SELECT state FROM content_item")).scalars().all()
    assert (touches, sent) == (2, ["sent"])
    engine.dispose()
