"""A campaign under kill -9: nobody gets a touch twice, and everybody is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash import campaign


@pytest.mark.parametrize(("size", "workers", "kills"), [(300, 4, 6)])
def test_killed_workers_neither_double_nor_lose_a_touch(
    database_url: str, tmp_path: Path, size: int, workers: int, kills: int
) -> None:
    """Four workers on PostgreSQL, one on SQLite; the dry run said row by row what happened."""
    workers = workers if database_url.startswith("postgresql") else 1
    campaign.fill(database_url, size)
    told = campaign.run(database_url, tmp_path, workers, kills, patience=150)
    assert told.twice == []
    assert told.ghosts == []
    assert told.differing == []
    assert told.total == size
    assert told.sent + told.unknown + sum(told.reasons.values()) == size
    assert {"已续保", "保单已退保", "客户退订了这一类消息"} <= set(told.reasons)
    assert told.kills > 0
    # A kill costs at most what was on its way at that moment.
    assert told.unknown <= told.kills * 20
