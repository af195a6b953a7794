"""Units of work: atomic, independent of their neighbours, durable before anybody hears of them."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, func, select

from bot.errors import Closing, Overloaded
from storage import transactions as module
from storage.models.case import CaseEvent
from storage.transactions import Ended, SingleWriter, Transactions, transactions
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def writes(database: Engine) -> Iterator[Transactions]:
    """The way of writing that fits the database."""
    made = transactions(database)
    yield made
    made.close()


def note(number: str) -> module.Work[None]:
    """Return work that records one event."""
    return lambda uow: uow.cases.note(number, NOW, "test", "noted", {"n": number})


def events(uow: UnitOfWork) -> list[str]:
    """Return the case numbers of all events in order."""
    return list(uow.session.scalars(select(CaseEvent.case_number).order_by(CaseEvent.id)))


def test_work_is_there_after_its_future_ended(writes: Transactions) -> None:
    """What a future reports is committed and seen by a reader of its own."""
    writes.submit(note("A")).result()
    assert writes.read(events) == ["A"]


def test_a_failing_neighbour_does_not_touch_others(writes: Transactions) -> None:
    """Work that fails rolls back alone, even when it shares a commit."""
    gate = threading.Event()

    def slow(uow: UnitOfWork) -> None:
        gate.wait(5)
        note("first")(uow)

    def broken(uow: UnitOfWork) -> None:
        note("broken")(uow)
        uow.flush()
        raise ValueError("broken on purpose")

    futures = [writes.submit(slow), writes.submit(broken), writes.submit(note("last"))]
    gate.set()
    futures[0].result()
    with pytest.raises(ValueError, match="on purpose"):
        futures[1].result()
    futures[2].result()
    assert sorted(writes.read(events)) == ["first", "last"]


def test_reading_changes_nothing(writes: Transactions) -> None:
    """A read is rolled back, whatever it does."""
    writes.run(note("kept"))
    writes.read(events)
    assert writes.read(events) == ["kept"]


def test_closing_finishes_what_is_queued(database: Engine) -> None:
    """Nothing that was accepted is dropped at shutdown."""
    made = transactions(database)
    futures = [made.submit(note(str(n))) for n in range(50)]
    made.close()
    assert all(future.done() and future.exception() is None for future in futures)


def test_whoever_writes_while_it_closes_is_told(database: Engine) -> None:
    """Each piece of work is done or refused; nobody waits for ever."""
    made = transactions(database)
    futures: list[Future[None]] = []
    writers = [threading.Thread(target=_write_on, args=(made, futures)) for _ in range(3)]
    for writer in writers:
        writer.start()
    while len(futures) < 20:
        time.sleep(0.001)
    made.close()
    for writer in writers:
        writer.join(10)
        assert not writer.is_alive()
    for future in futures:
        future.result(10)


def _write_on(made: Transactions, futures: list[Future[None]]) -> None:
    """Write until it is refused, because the writer has closed."""
    for number in itertools.count():
        try:
            futures.append(made.submit(note(str(number))))
        except Closing:
            return
        except Overloaded:
            time.sleep(0.001)


def test_too_much_waiting_work_is_refused(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full queue says so at once instead of growing without bound."""
    monkeypatch.setattr(module, "_LIMIT", 4)
    made = transactions(database)
    gate = threading.Event()
    refused = 0
    for _ in range(40):
        try:
            made.submit(lambda uow: gate.wait(5))
        except Overloaded:
            refused += 1
    gate.set()
    made.close()
    assert 0 < refused < 40


def test_sqlite_commits_many_turns_at_once(database: Engine) -> None:
    """While one commit runs, the next takes all that waits: far fewer commits than turns."""
    if database.dialect.name != "sqlite":
        assert not isinstance(transactions(database), SingleWriter)
        return
    made = SingleWriter(database)
    commits: list[None] = []
    event.listen(database, "commit", lambda _: commits.append(None))
    gate = threading.Event()
    made.submit(lambda uow: gate.wait(5))
    futures = [made.submit(note(str(n))) for n in range(100)]
    gate.set()
    for future in futures:
        future.result()
    made.close()
    assert 1 <= len(commits) <= 4


class Mail:
    """A mailbox that keeps what it is told."""

    def __init__(self) -> None:
        self.batches: list[list[Ended]] = []
        self.complete = threading.Event()

    def deliver(self, ended: Sequence[Ended]) -> None:
        """Keep it."""
        self.batches.append(list(ended))
        if sum(map(len, self.batches)) == 11:
            self.complete.set()


def test_a_mailbox_hears_of_every_end(database: Engine) -> None:
    """Results and problems arrive under their tags, on SQLite all those of a commit at once."""
    made, mail = transactions(database), Mail()
    for number in range(10):
        made.post(note(str(number)), mail, number)
    made.post(lambda uow: 1 // 0, mail, "broken")
    assert mail.complete.wait(10)
    made.close()
    ended = {end.tag: end for batch in mail.batches for end in batch}
    assert set(ended) == {*range(10), "broken"}
    assert isinstance(ended["broken"].problem, ZeroDivisionError)
    assert all(ended[number].problem is None for number in range(10))


def test_cancelled_work_does_not_stop_the_writer(database: Engine) -> None:
    """Whoever gave up waiting is passed over; the next one is served."""
    made = transactions(database)
    gate = threading.Event()
    made.submit(lambda uow: gate.wait(5))
    made.submit(note("given up")).cancel()
    gate.set()
    assert made.submit(lambda uow: 7).result(timeout=10) == 7
    made.close()


def test_numbers_are_unique_across_writers(database_url: str, database: Engine) -> None:
    """Two processes drawing case numbers at the same time never get the same one."""
    from storage.database import open_engine  # noqa: PLC0415
    from tests.conftest import SECRET  # noqa: PLC0415

    writers = [transactions(database), transactions(open_engine(database_url, SECRET))]

    def draw(n: int) -> str:
        return writers[n % 2].run(lambda uow: uow.cases.number("CL", NOW))

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(draw, range(60)))
    for writer in writers:
        writer.close()
    assert len(set(numbers)) == 60
    assert max(numbers) == "CL20261122000060"


def test_the_count_of_events_is_exact(writes: Transactions) -> None:
    """Concurrent submitters lose nothing."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: writes.run(note(str(n))), range(80)))
    count = writes.read(lambda uow: uow.session.scalar(select(func.count()).select_from(CaseEvent)))
    assert count == 80


def test_a_failed_flush_does_not_take_its_neighbours_along(writes: Transactions) -> None:
    """A row the database refuses undoes its own work only, inside a shared commit as well."""
    gate = threading.Event()

    def slow(uow: UnitOfWork) -> None:
        gate.wait(5)
        note("first")(uow)

    def refused(uow: UnitOfWork) -> None:
        uow.session.add(CaseEvent(case_number=None, at=NOW, actor="t", kind="k", data={}))
        uow.session.flush()

    futures = [writes.submit(slow), writes.submit(refused), writes.submit(note("last"))]
    gate.set()
    futures[0].result()
    assert futures[1].exception() is not None
    futures[2].result()
    assert sorted(writes.read(events)) == ["first", "last"]
