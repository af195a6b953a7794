"""What the survey's run says is what its rehearsal lists: asked, not asked, and waiting."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine

from storage.ledger import Happening
from storage.unit_of_work import UnitOfWork
from tests.scheduler.jobs.kit import at, run
from tests.storage.claims_kit import Desk, desk_on

NOW = "2026-11-25 10:00"


@pytest.fixture
def desk(database: Engine) -> Desk:
    """A branch with one conversation."""
    made = desk_on(database)
    made.converse()
    return made


def _add(row: Happening, uow: UnitOfWork) -> None:
    uow.ledger.add(row)


def test_every_row_of_the_rehearsal_is_counted_by_the_run(desk: Desk) -> None:
    """Of two ends of service the second waits for the answer to the first: it is not lost."""
    for number in ("HO1", "HO2"):
        row = Happening("handoff.closed", at(NOW) - timedelta(minutes=5), 1, number)
        desk.ways.run(partial(_add, row))
    listed = run(desk, "satisfaction_survey", NOW, dry_run=True)
    [told] = run(desk, "satisfaction_survey", NOW)
    numbers = [int(word) for word in told.replace("位", " ").split() if word.isdigit()]
    assert len(listed) >= 2
    assert sum(numbers) == len(listed)
    assert "先等等 1 位" in told
