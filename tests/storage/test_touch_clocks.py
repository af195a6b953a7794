"""Clocks that jump, hosts that were down, two schedulers at once: nothing doubled or skipped."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.settings import Settings
from scheduler import waves
from scheduler.context import JobContext
from storage.database import open_engine
from storage.outbound import planning
from storage.outbound.pace import SMALLEST, Pages, rest
from storage.rules.outbound import rules
from tests.conftest import SECRET
from tests.storage.outbound_kit import NOW, TODAY, Outside, outside

HOUR = timedelta(hours=1)


@pytest.fixture
def branch(database: Engine) -> Iterator[Outside]:
    """A branch with six customers, each with a policy that ends in thirty days."""
    made = outside(database)
    for number in range(1, 7):
        made.customer(number, f"139{number:08d}")
        made.policy(f"P{number}", number, plate=f"津X{number:05d}")
    yield made
    made.ways.close()


def _sent(branch: Outside) -> list[str]:
    return [letter.subject for letter in branch.send()]


def test_a_clock_that_jumps_neither_doubles_nor_skips(branch: Outside) -> None:
    """Back an hour nothing is due; ahead all of it leaves; back and ahead again nothing does."""
    branch.plan()
    left: Counter[str] = Counter()
    for hours in (-1, 0, -1, 1, 0, 2, -2, 3):
        branch.now = NOW + hours * HOUR
        branch.plan()
        sent = _sent(branch)
        assert bool(sent) == (hours == 0 and not left)
        left.update(sent)
    assert left == {f"P{number}": 1 for number in range(1, 7)}


@pytest.mark.parametrize("hours", [-1, 1])
def test_workers_whose_clocks_are_an_hour_apart(branch: Outside, hours: int) -> None:
    """What one has leased or on its way looks stale to the other: it still leaves once."""
    branch.plan()
    branch.now = NOW + 2 * HOUR
    mine = branch.ways.run(lambda uow: branch.touches(uow).take("here", 60, 3))
    branch.now = NOW + (2 + hours) * HOUR
    theirs = branch.leaving("there")
    branch.now = NOW + 2 * HOUR
    begun = branch.ways.run(lambda uow: branch.touches(uow).begin(mine, "here")).letters
    # The clock ahead believes that calls under way were lost; their ends are told later.
    branch.now = NOW + 3 * HOUR
    branch.ways.run(lambda uow: branch.touches(uow).sweep())
    for letter in [*theirs, *begun]:
        branch.ways.run(lambda uow, i=letter.id: branch.touches(uow).settle(i, "sent"))  # type: ignore[misc]
    left = Counter(letter.subject for letter in [*theirs, *begun, *branch.send()])
    assert left == {f"P{number}": 1 for number in range(1, 7)}
    assert {status for status, _ in branch.ends()} == {"sent"}


@pytest.mark.parametrize(
    ("down", "ends"), [(timedelta(hours=23), {"sent"}), (timedelta(hours=25), {"suppressed"})]
)
def test_the_host_was_down_over_the_due_time(
    branch: Outside, tmp_path: Path, down: timedelta, ends: set[str]
) -> None:
    """Within the window it is caught up, once; later each has the reason why it is not."""
    branch.now = NOW + down
    settings = Settings(secret_key=SECRET.decode(), data_dir=tmp_path)
    context = JobContext(branch.ways, settings, branch.cipher)
    for _ in range(2):
        waves.run(context, "renewal", branch.now, dry_run=False)
        branch.send()
    assert len(branch.items()) == 6
    assert {status for status, _ in branch.ends()} == ends
    reasons = {reason for _, reason in branch.ends()}
    assert reasons == ({""} if ends == {"sent"} else {"过了补发窗口 24 小时"})


def test_two_schedulers_plan_at_once(branch: Outside, database_url: str) -> None:
    """Four planners in a row of small pages at the same time: each touch is one of them's."""
    renewal = branch.rules.renewal.model_copy(update={"page": 1})
    table = branch.rules.model_copy(update={"renewal": renewal})
    engine = open_engine(database_url, SECRET)
    other = outside(engine)

    def plan(number: int) -> int:
        ways = (branch.ways, other.ways)[number % 2]
        return planning.plan(ways, table, planning.waves(table, "renewal", TODAY), NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(plan, range(4))) == 6
    assert len(branch.items()) == 6
    other.ways.close()


def test_two_workers_take_at_once(branch: Outside, database_url: str) -> None:
    """Four workers who take two at a time: each touch is leased to one of them."""
    branch.plan()
    other = outside(open_engine(database_url, SECRET))

    def take(number: int) -> list[int]:
        mine = (branch, other)[number % 2]
        return mine.ways.run(lambda uow: mine.touches(uow).take(f"w{number}", 60, 2))

    with ThreadPoolExecutor(4) as pool:
        taken = [item for items in pool.map(take, range(4)) for item in items]
    assert sorted(taken) == sorted(item.id for item in branch.items())
    other.ways.close()


def test_a_build_makes_room_as_soon_as_somebody_writes() -> None:
    """Pages grow while nobody writes; a customer makes them small, with a rest after each."""
    beside = rules().beside_customers
    pages = Pages(beside, largest=10_000)
    assert [pages.after(0.1, heard=-math.inf) or pages.size for _ in range(4)] == [
        4_000, 8_000, 10_000, 10_000,
    ]  # fmt: skip
    assert pages.after(0.001, heard=time.monotonic()) == pytest.approx(
        0.001 / beside.share, rel=0.1
    )
    assert pages.size == SMALLEST


def test_campaigns_leave_the_way_free_while_customers_write() -> None:
    """A small share of the time, never standing still; all of it when nobody has written."""
    beside = rules().beside_customers
    short = beside.longest_seconds * beside.share / 10
    free = rest(beside, heard=100.0, spent_s=short, clock_s=100.0 + beside.quiet_seconds)
    assert short / (short + free) == pytest.approx(beside.share)
    assert rest(beside, 100.0, 60.0, 100.0) == beside.longest_seconds
    assert rest(beside, 100.0, 60.0, 100.1 + beside.quiet_seconds) == 0
