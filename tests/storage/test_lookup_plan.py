"""The look-up goes by indexes: no statement of it walks through all policies or customers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from bench.lookup import slope
from bot.desks.policies import PolicyWish
from storage import schema
from storage.database import open_engine
from storage.unit_of_work import UnitOfWork
from tests.storage.identity_kit import DOCUMENT, GRANTEE, NOW, PHONE, POLICY, SECRET, Town, town

WISHES = (
    PolicyWish(),
    PolicyWish(number=POLICY),
    PolicyWish(plate="津A00B00", line="auto", product="商业"),
    PolicyWish(granted=True),
)
BIG = ("policy", "customer", "one_time_code", "verification_failure", "access_grant", "claim")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    """A town on SQLite, whose plans can be read."""
    engine = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET)
    schema.upgrade(engine)
    made = town(engine)
    yield made
    made.ways.close()


def statements(engine: Engine, seen: list[tuple[str, Any]]) -> None:
    """Collect every SELECT with its parameters."""

    @event.listens_for(engine, "before_cursor_execute")
    def note(_: Any, __: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            seen.append((statement, parameters))


def test_no_statement_of_proof_or_look_up_scans(place: Town) -> None:
    """SQLite's own plan says SEARCH for every table that grows."""
    seen: list[tuple[str, Any]] = []
    statements(place.ways.engine, seen)

    def work(uow: UnitOfWork) -> None:
        code = place.grant(uow)
        office = place.office(uow)
        for wish in WISHES:
            office.find_policies(wish, "看")
        place.prove_phone(uow, GRANTEE, "friend").use_grant(code)
        other = place.office(uow, "other", NOW)
        other.send_code(PHONE)
        other.identify(PHONE, {"document": DOCUMENT})

    place.ways.run(work)
    assert len(seen) > 30

    def plans(uow: UnitOfWork) -> list[str]:
        found = []
        for statement, parameters in seen:
            rows = uow.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found += [str(row[3]) for row in rows]
        return found

    scans = [line for line in place.ways.read(plans) if line.startswith("SCAN")]
    assert not [line for line in scans if line.split()[1] in BIG], scans


def test_the_bench_knows_flat_from_steep() -> None:
    """Its slope is 0 for a constant and 1 for what doubles with the size."""
    assert abs(slope([(10, 2.0), (100, 2.0), (1_000, 2.0)])) < 1e-9
    assert abs(slope([(10, 1.0), (100, 10.0), (1_000, 100.0)]) - 1) < 1e-9


def test_the_plan_test_can_fail(place: Town) -> None:
    """A question without an index is seen as a scan."""

    def work(uow: UnitOfWork) -> list[str]:
        rows = uow.connection.execute(
            text("EXPLAIN QUERY PLAN SELECT * FROM policy WHERE payment = 'x'")
        )
        return [str(row[3]) for row in rows]

    assert place.ways.read(work)[0].startswith("SCAN policy")
