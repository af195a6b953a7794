"""The outbox: each item once, in order for each customer, leases that run out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from storage.models.outbox import OutboxItem
from storage.outbox import AGAIN, Leased
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def writes(database: Engine) -> Iterator[Transactions]:
    """The way of writing that fits the database."""
    made = transactions(database)
    yield made
    made.close()


def add(writes: Transactions, key: str, peer: str = "p1") -> bool:
    """Queue one item."""
    return writes.run(
        lambda uow: uow.outbox.queue(
            dedupe_key=key,
            kind="reply",
            channel="wechat",
            account="a",
            peer=peer,
            body={"text": key},
            due_at=NOW,
            now=NOW,
        )
    )


def lease(writes: Transactions, worker: str, at: datetime = NOW) -> list[Leased]:
    """Take what is due."""
    return writes.run(lambda uow: uow.outbox.lease(worker, at, 60, 50))


def test_the_same_cause_is_queued_once(writes: Transactions) -> None:
    """A second item with the same key is not added, and the caller is told."""
    assert add(writes, "k") is True
    assert add(writes, "k") is False
    assert len(lease(writes, "w")) == 1


def test_an_item_is_leased_by_one_worker_until_the_lease_runs_out(writes: Transactions) -> None:
    """Another worker gets a dead worker's item only after its lease."""
    add(writes, "k")
    assert [item.body["text"] for item in lease(writes, "dead")] == ["k"]
    assert lease(writes, "other") == []
    late = lease(writes, "other", NOW + timedelta(seconds=61))
    assert [item.attempts for item in late] == [2]


def test_what_may_arrive_twice_is_marked(writes: Transactions) -> None:
    """I6: an item that a dead worker may have sent carries the mark, sent or not; others none."""
    add(writes, "k")
    add(writes, "calm", peer="another")
    [dead, calm] = lease(writes, "dead")
    writes.run(lambda uow: uow.outbox.settle(calm.id, "dead", "sent"))
    late = NOW + timedelta(seconds=61)
    lease(writes, "other", late)
    assert _reasons(writes) == {dead.id: AGAIN, calm.id: ""}
    writes.run(lambda uow: uow.outbox.settle(dead.id, "other", "sent"))
    assert _reasons(writes) == {dead.id: AGAIN, calm.id: ""}


def _reasons(writes: Transactions) -> dict[int, str]:
    query = select(OutboxItem.id, OutboxItem.reason)
    return writes.read(lambda uow: {row.id: row.reason for row in uow.session.execute(query)})


def test_a_worker_that_lost_its_lease_cannot_settle(writes: Transactions) -> None:
    """The outcome of an attempt counts only while the lease is the worker's own."""
    add(writes, "k")
    [item] = lease(writes, "slow")
    lease(writes, "other", NOW + timedelta(seconds=61))
    assert writes.run(lambda uow: uow.outbox.settle(item.id, "slow", "sent")) is False
    assert writes.run(lambda uow: uow.outbox.settle(item.id, "other", "sent")) is True


def test_one_customers_items_leave_in_order(writes: Transactions) -> None:
    """The second item of a customer waits until the first is settled; others do not."""
    add(writes, "a1", "anna")
    add(writes, "a2", "anna")
    add(writes, "b1", "bert")
    first = lease(writes, "w")
    assert sorted(item.body["text"] for item in first) == ["a1", "b1"]
    for item in first:
        writes.run(lambda uow, i=item: uow.outbox.settle(i.id, "w", "sent"))  # type: ignore[misc]
    assert [item.body["text"] for item in lease(writes, "w")] == ["a2"]


def test_workers_share_the_items(writes: Transactions) -> None:
    """Many workers at once: every item is taken exactly once."""
    for n in range(60):
        add(writes, f"k{n}", f"p{n}")

    def take(worker: int) -> list[int]:
        def work(uow: UnitOfWork) -> list[int]:
            return [item.id for item in uow.outbox.lease(f"w{worker}", NOW, 60, 10)]

        return writes.run(work)

    with ThreadPoolExecutor(6) as pool:
        taken = [item for items in pool.map(take, range(12)) for item in items]
    assert len(taken) == len(set(taken)) == 60


def test_what_is_planned_for_later_holds_nobody_up(writes: Transactions) -> None:
    """A reminder for next year does not keep today's message waiting; a retry does."""
    later = NOW + timedelta(days=400)
    writes.run(
        lambda uow: uow.outbox.queue(
            dedupe_key="later", kind="reply", channel="wechat", account="a", peer="p1",
            body={"text": "later"}, due_at=later, now=NOW,
        )
    )  # fmt: skip
    add(writes, "today")
    [item] = lease(writes, "w")
    assert item.body["text"] == "today"
    soon = NOW + timedelta(minutes=5)
    writes.run(lambda uow: uow.outbox.postpone(item.id, "w", soon, "again"))
    add(writes, "second")
    assert lease(writes, "w") == []
