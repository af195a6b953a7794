"""Versions, the four-eyes rule and releases, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Executable, insert, update
from sqlalchemy.exc import IntegrityError

from bot.errors import Refused
from storage.knowledge_values import Cut, Text, Version
from storage.models.base import table_of
from storage.models.knowledge import KbReleaseItem, KbVersion
from storage.transactions import Transactions, Work, transactions
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def writes(database: Engine) -> Iterator[Transactions]:
    """The way to an empty database."""
    made = transactions(database)
    yield made
    made.close()


def text(code: str, answer: str = "答案", **more: Any) -> Text:
    """Return what a version says."""
    return Text(code, {"question": f"{code}？", "answer": answer}, f"{code}{answer}", **more)


def load(writes: Transactions, *codes: str) -> int:
    """Make a release of new entries, as the seed does."""

    def work(uow: UnitOfWork) -> int:
        added = uow.knowledge.add_published([text(code) for code in codes], "seed", "p", NOW)
        return uow.knowledge.cut(added, Cut("seed", "p", NOW))

    return writes.run(work)


def approved(writes: Transactions, wanted: Text) -> None:
    """Take a text from a draft to the approval by another."""
    writes.run(lambda uow: uow.knowledge.draft(wanted, "甲", NOW))
    writes.run(lambda uow: uow.knowledge.submit(wanted.code, "甲", NOW))
    writes.run(lambda uow: uow.knowledge.approve(wanted.code, "乙", NOW))


def publish(writes: Transactions, now: datetime = NOW) -> int:
    """Publish all that is approved."""

    def work(uow: UnitOfWork) -> int:
        held = {v.code: v.id for v in uow.knowledge.contents(uow.knowledge.live())}
        for version in uow.knowledge.open(("approved",)):
            held.pop(version.code, None)
            if not version.gone:
                held[version.code] = version.id
        return uow.knowledge.cut(held, Cut("publish", "丙", now))

    return writes.run(work)


def run(statement: Executable) -> Work[object]:
    """Return work that goes past the repository."""
    return lambda uow: uow.connection.execute(statement)


def states(writes: Transactions, code: str) -> list[str]:
    """Return the states of an entry's versions, newest first."""
    return [v.state for v in writes.read(lambda uow: uow.knowledge.history(code))]


def contents(writes: Transactions, number: int) -> dict[str, str]:
    """Return what a release says by code."""
    found = writes.read(lambda uow: uow.knowledge.contents(number))
    return {v.code: v.body["answer"] for v in found}


def test_a_text_goes_live_through_two_people(writes: Transactions) -> None:
    """Draft, review, approval, release; the version before is replaced, older releases stay."""
    first = load(writes, "F1", "F2")
    approved(writes, text("F1", "新答案"))
    second = publish(writes)
    assert (first, second) == (1, 2)
    assert contents(writes, 2) == {"F1": "新答案", "F2": "答案"}
    assert contents(writes, 1) == {"F1": "答案", "F2": "答案"}
    assert states(writes, "F1") == ["published", "replaced"]
    newest = writes.read(lambda uow: uow.knowledge.history("F1"))[0]
    assert (newest.author, newest.reviewer, newest.number) == ("甲", "乙", 2)


def test_nobody_reviews_their_own_text(writes: Transactions) -> None:
    """Refused with a sentence, and by the database itself whoever writes to it."""
    load(writes, "F1")
    writes.run(lambda uow: uow.knowledge.draft(text("F1", "x"), "甲", NOW))
    writes.run(lambda uow: uow.knowledge.submit("F1", "甲", NOW))
    with pytest.raises(Refused, match="另一个人"):
        writes.run(lambda uow: uow.knowledge.approve("F1", "甲", NOW))
    table = table_of(KbVersion)
    for values in (
        {"state": "approved", "reviewer": "甲"},
        {"state": "published"},
        {"state": "no such state"},
    ):
        change = update(table).where(table.c.state == "review").values(**values)
        with pytest.raises(IntegrityError):
            writes.run(run(change))
    assert states(writes, "F1") == ["review", "published"]


def test_one_proposal_at_a_time(writes: Transactions) -> None:
    """A draft is written over; what is under review is not, and no second one can be stored."""
    load(writes, "F1")
    writes.run(lambda uow: uow.knowledge.draft(text("F1", "a"), "甲", NOW))
    again = writes.run(lambda uow: uow.knowledge.draft(text("F1", "b"), "乙", LATER))
    assert (again.number, again.author, again.body["answer"]) == (2, "乙", "b")
    writes.run(lambda uow: uow.knowledge.submit("F1", "乙", NOW))
    with pytest.raises(Refused, match="退回"):
        writes.run(lambda uow: uow.knowledge.draft(text("F1", "c"), "甲", NOW))
    table = table_of(KbVersion)
    row = {
        "entry_id": 1, "number": 9, "state": "draft", "origin": "staff", "gone": False, "body": {},
        "hash": "", "author": "x", "note": "", "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    with pytest.raises(IntegrityError):
        writes.run(run(insert(table).values(row)))


@pytest.mark.parametrize("step", ["submit", "approve", "reject", "discard"])
def test_steps_out_of_order_are_refused(writes: Transactions, step: str) -> None:
    """Each step needs the one before."""
    load(writes, "F1")

    def take(uow: UnitOfWork) -> None:
        extra = () if step == "discard" else ("乙",)
        getattr(uow.knowledge, step)("F1", *extra, NOW)

    with pytest.raises(Refused):
        writes.run(take)


def test_a_rejected_text_is_a_draft_again(writes: Transactions) -> None:
    """With the reviewer's note, and free to be dropped."""
    load(writes, "F1")
    approved(writes, text("F1", "x"))
    back = writes.run(lambda uow: uow.knowledge.reject("F1", "依据不对", NOW))
    assert (back.state, back.reviewer, back.note) == ("draft", None, "依据不对")
    writes.run(lambda uow: uow.knowledge.discard("F1", NOW))
    assert states(writes, "F1") == ["withdrawn", "published"]


def test_taking_out_and_rolling_back(writes: Transactions) -> None:
    """A withdrawal needs two people as well; a roll-back is a new release of the old list."""
    load(writes, "F1", "F2")
    approved(writes, text("F1", gone=True))
    publish(writes)
    assert contents(writes, 2) == {"F2": "答案"}
    assert states(writes, "F1") == ["withdrawn", "withdrawn"]

    def back(uow: UnitOfWork) -> int:
        held = {v.code: v.id for v in uow.knowledge.contents(1)}
        return uow.knowledge.cut(held, Cut("rollback", "丙", NOW, restores=1))

    assert writes.run(back) == 3
    assert contents(writes, 3) == contents(writes, 1)
    assert states(writes, "F1") == ["withdrawn", "published"]
    with pytest.raises(Refused, match="第 9 号"):
        writes.read(lambda uow: uow.knowledge.release(9))


def test_proposals_survive_a_roll_back(writes: Transactions) -> None:
    """What is approved and waits is not touched by a release that does not hold it."""
    load(writes, "F1")
    approved(writes, text("F1", gone=True))
    writes.run(lambda uow: uow.knowledge.cut({}, Cut("rollback", "丙", NOW)))
    assert states(writes, "F1") == ["approved", "withdrawn"]


def test_what_has_expired_is_called_so(writes: Transactions) -> None:
    """A version that leaves a release after its time is expired, not withdrawn."""
    texts = [text("F1", expires_at=NOW), text("F2")]
    writes.run(
        lambda uow: uow.knowledge.cut(
            uow.knowledge.add_published(texts, "seed", "p", NOW), Cut("seed", "p", NOW)
        )
    )

    def without(uow: UnitOfWork) -> None:
        kept = {v.code: v.id for v in uow.knowledge.contents(1) if not v.is_expired(LATER)}
        uow.knowledge.cut(kept, Cut("publish", "丙", LATER))

    writes.run(without)
    assert states(writes, "F1") == ["expired"]
    stored: Version = writes.read(lambda uow: uow.knowledge.history("F1"))[0]
    assert stored.expires_at == NOW


def test_two_publishers_get_two_numbers(writes: Transactions, database: Engine) -> None:
    """Concurrent releases never share a number, and none is half there."""
    load(writes, *(f"F{n}" for n in range(20)))
    others = [transactions(database) for _ in range(2)] if database.dialect.name != "sqlite" else []
    ways = [writes, *others]

    def work(n: int) -> int:
        def cut(uow: UnitOfWork) -> int:
            uow.knowledge.lock()
            held = {v.code: v.id for v in uow.knowledge.contents(uow.knowledge.live())}
            return uow.knowledge.cut(held, Cut("publish", "丙", NOW))

        return ways[n % len(ways)].run(cut)

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(work, range(12)))
    for way in others:
        way._threads.shutdown()  # type: ignore[attr-defined]  # the engine is the fixture's
    assert sorted(numbers) == list(range(2, 14))
    items = table_of(KbReleaseItem)
    rows = writes.read(lambda uow: uow.connection.execute(items.select()).all())
    assert len(rows) == 20 * 13


def test_many_versions_in_few_statements(writes: Transactions) -> None:
    """Thousands of rows go in and come out whole."""
    codes = [f"E{n:05d}" for n in range(1_200)]
    load(writes, *codes)
    assert sorted(contents(writes, 1)) == codes
    assert writes.read(lambda uow: uow.knowledge.highest("E")) == 1_199
    assert writes.read(lambda uow: uow.knowledge.highest("F")) == 0
