"""Fixtures of the storage tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.storage.claims_kit import HOOK, Desk, desk_on
from tests.storage.complaints_kit import NOW, Room


@pytest.fixture
def room(database: Engine) -> Iterator[Room]:
    """A branch on a Monday, two days before the National Day."""
    desk = desk_on(database, webhooks=[HOOK], branch={"hotline": "95505"})
    desk.now = NOW
    yield Room(desk)
    desk.ways.close()


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk with one webhook, once on SQLite and once on PostgreSQL."""
    made = desk_on(database, webhooks=[HOOK])
    yield made
    made.ways.close()
