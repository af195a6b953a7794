"""Work on a few touches costs the same however many are planned: counted in SQLite's steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import schema
from storage.database import open_engine
from storage.outbound.letters import Settled
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.storage.outbound_kit import Outside, outside

_FEW, _MANY = 40, 600
_STEP = 100


def _steps(folder: Path, planned: int) -> int:
    """Return the steps of taking, beginning and settling twenty touches of so many."""
    engine = open_engine(f"sqlite:///{folder / f'{planned}.db'}", SECRET)
    schema.upgrade(engine)
    branch = outside(engine)
    _fill(branch, planned)
    branch.plan()
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    def work(uow: UnitOfWork) -> None:
        driver = uow.connection.connection.driver_connection
        assert driver is not None
        touches = branch.touches(uow)
        ids = touches.take("w", 60, 20)
        driver.set_progress_handler(count, _STEP)
        begun = touches.begin(ids, "w")
        touches.settle_all([Settled(letter.id, "sent", "") for letter in begun.letters])
        driver.set_progress_handler(None, 0)
        assert len(begun.letters) == len(ids) == 20

    branch.ways.run(work)
    branch.ways.close()
    return counted * _STEP


def _fill(branch: Outside, count: int) -> None:
    for number in range(1, count + 1):
        branch.customer(number, f"139{number:08d}")
        branch.policy(f"P{number}", number, plate=f"津X{number:05d}")


def test_what_else_is_planned_costs_nothing(tmp_path: Path) -> None:
    """Fifteen times as many are planned; the same twenty take the same steps."""
    few, many = (_steps(tmp_path, planned) for planned in (_FEW, _MANY))
    assert many == pytest.approx(few, rel=0.2)
