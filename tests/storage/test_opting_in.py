"""Who stops messages on one channel and wants them again on another gets them again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from storage.models.customer import OptOut
from tests.storage.outbound_kit import NOW, Outside, outside


@pytest.fixture
def branch(database: Engine) -> Iterator[Outside]:
    """A customer with two conversations, and somebody else who has stopped the same things."""
    made = outside(database)
    made.customer()
    made.chat(1)
    made.chat(2)
    made.chat(3, customer=None)
    for here in (1, 3):
        for category in ("renewal", "marketing"):
            made.add(OptOut(conversation_id=here, category=category, at=NOW))
    yield made
    made.ways.close()


def _stopped(branch: Outside) -> list[tuple[int, str]]:
    query = select(OptOut).order_by(OptOut.conversation_id, OptOut.category)
    rows = branch.ways.read(lambda uow: list(uow.session.scalars(query)))
    return [(row.conversation_id, row.category) for row in rows]


def test_only_what_is_named_comes_again_wherever_it_was_stopped(branch: Outside) -> None:
    """First one category, then all; nobody else's wish is touched."""
    branch.ways.run(lambda uow: uow.customers.opt_in(2, "renewal"))
    assert _stopped(branch) == [(1, "marketing"), (3, "marketing"), (3, "renewal")]
    branch.ways.run(lambda uow: uow.customers.opt_in(2))
    assert _stopped(branch) == [(3, "marketing"), (3, "renewal")]
