"""A campaign makes room for customers who write, and hurries when nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.touches import FLYING, GATHERED_S, TouchWorker
from bot.waiting import Waiting
from storage.outbound.letters import Letter
from tests.storage.outbound_kit import Outside, outside

_COUNT = 3 * FLYING


@pytest.fixture
def branch(database: Engine) -> Iterator[Outside]:
    """A branch with a campaign of three batches that is due."""
    made = outside(database)
    for number in range(1, _COUNT + 1):
        made.customer(number, f"139{number:08d}")
        made.policy(f"P{number}", number, plate=f"津X{number:05d}")
    made.plan()
    yield made
    made.ways.close()


def _sent(branch: Outside, *, a_customer_writes: bool) -> tuple[int, list[float]]:
    """Return how much was delivered, and the rests in between."""
    delivered: list[int] = []
    rests: list[float] = []

    async def post(letter: Letter) -> str:
        delivered.append(letter.id)
        return ""

    async def sleep(seconds: float) -> None:
        if seconds:
            rests.append(seconds)
        await asyncio.sleep(0)

    async def live() -> None:
        worker = TouchWorker(
            branch.ways, branch.rules, branch.configured, {("task", "*"): post, ("sms", "*"): post},
            lambda: branch.now, "w", sleep=sleep,
        )  # fmt: skip
        while len(delivered) < _COUNT:
            if a_customer_writes:
                await Waiting(branch.ways).perform(lambda uow: None)
            await worker.run_once()

    asyncio.run(live())
    return len(set(delivered)), rests


def test_it_rests_between_batches_while_customers_write(branch: Outside) -> None:
    """Before each batch for most of the time, and before ends are written down together."""
    delivered, rests = _sent(branch, a_customer_writes=True)
    assert delivered == _COUNT
    beside = branch.rules.beside_customers
    between = [seconds for seconds in rests if seconds != GATHERED_S]
    assert len(between) >= 3
    assert all(0 < seconds <= beside.longest_seconds for seconds in between)
    assert GATHERED_S in rests


def test_it_does_not_rest_when_nobody_writes(branch: Outside) -> None:
    """What the desk or a job writes is no reason to wait."""
    branch.ways.run(lambda uow: None)
    assert _sent(branch, a_customer_writes=False) == (_COUNT, [])
