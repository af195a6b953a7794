"""100 000 generated events: every figure, recomputed by an independent script, equal to the row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, select

from bench.ledger_rows import MONTH, Month
from storage import schema
from storage.database import open_engine
from storage.kpi import figures
from storage.kpi.figures import BYS, DEFINITIONS, Slice, drill
from storage.ledger import Ledger
from storage.models.base import table_of
from storage.models.ledger import Event
from tests.storage.claims_kit import SECRET
from tests.storage.kpi.recount import Recount

COUNT = 100_000
RECOUNTED = sorted(
    name.removeprefix("_")
    for name in vars(Recount)
    if name.removeprefix("_") in DEFINITIONS and name.startswith("_")
)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A database with a month of events."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('month') / 'm.db'}", SECRET)
    schema.upgrade(engine)
    with engine.begin() as connection:
        ledger = Ledger(connection)
        for row in Month(20261125).rows(COUNT):
            ledger.add(row)
        ledger.write()
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def recount(month: Connection) -> Recount:
    """The independent script over the same rows."""
    table = table_of(Event)
    rows = [dict(row) for row in month.execute(select(table).order_by(table.c.id)).mappings()]
    assert len(rows) >= COUNT
    return Recount(rows, MONTH.start, MONTH.end)


def test_the_four_figures_of_the_charter_are_among_them() -> None:
    """S60 to S63 are recomputed, and not only their companions."""
    assert set(figures.CHARTER_CODES) <= set(RECOUNTED)
    assert len(RECOUNTED) >= 16


@pytest.mark.parametrize("code", RECOUNTED)
def test_a_figure_is_equal_to_the_row(code: str, month: Connection, recount: Recount) -> None:
    """Rows and hits are those that the independent script counts, and not a handful."""
    counted = figures.table(month, DEFINITIONS[code], MONTH)
    assert (counted.total.rows, counted.total.hits) == recount.pairs(code)
    assert counted.total.rows > 50
    assert 0 < counted.total.hits <= counted.total.rows


@pytest.mark.parametrize("code", sorted(DEFINITIONS))
def test_every_breakdown_adds_up(code: str, month: Connection) -> None:
    """By person, team, channel and label: the parts are the whole."""
    counted = figures.table(month, DEFINITIONS[code], MONTH)
    for by in BYS:
        assert sum(part.rows for part in counted.by[by].values()) == counted.total.rows
        assert sum(part.hits for part in counted.by[by].values()) == counted.total.hits


def test_drilling_down_shows_the_very_rows(month: Connection) -> None:
    """The rows of one person, page by page, are as many as the figure says."""
    counted = figures.table(month, DEFINITIONS["claim_on_time"], MONTH)
    name, part = max(counted.by["actor"].items(), key=lambda item: item[1].rows)
    found, after = [], 0
    while page := drill(month, Slice("claim_on_time", MONTH, {"actor": name}), after, 50):
        found += page
        after = page[-1]["id"]
    assert len(found) == part.rows
    assert sum(row["hit"] for row in found) == part.hits
