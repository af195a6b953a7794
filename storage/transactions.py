"""Run units of work: one transaction each on PostgreSQL, many in one commit on SQLite.

A commit on SQLite costs one fsync (2–8 ms). The single writer therefore takes all the work
that waits, gives each piece a savepoint of its own, commits once, and only then lets the
results go: nobody hears of work that is not on disk.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from bot.errors import Closing, Overloaded
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
Work = Callable[[UnitOfWork], T]
Thoughts = Sequence[Callable[[], object]]
_BATCH = 64
_LIMIT = 2_000


@dataclass(frozen=True)
class Ended:
    """How a piece of work ended after its commit: with a result, or with a problem."""

    tag: Any
    result: Any = None
    problem: BaseException | None = None


class Mailbox(Protocol):
    """Hears of the ends of its work, all those of one commit at once, on any thread."""

    def deliver(self, ended: Sequence[Ended]) -> None:
        """Take note; must neither block nor raise."""
        ...


class Transactions(Protocol):
    """Where every write of a process goes through."""

    @property
    def engine(self) -> Engine:
        """Return the engine, for schema work at start-up."""
        ...

    @property
    def heard(self) -> float:
        """Return when a customer last wrote, by the monotonic clock: then other work makes room."""
        ...

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue ``work``; the future ends after its commit.

        Raise Overloaded when full, Closing after :meth:`close`.
        """
        ...

    def post(self, work: Work[Any], mailbox: Mailbox, tag: Any, before: Thoughts = ()) -> None:
        """Queue a customer's ``work``; how it ended goes to ``mailbox`` under ``tag``.

        ``before`` is what can be thought out without the database and is remembered by whoever
        thinks it; it may be left out, and an error in it shows in ``work`` again.
        """
        ...

    def run(self, work: Work[T]) -> T:
        """Run ``work`` and wait for its commit."""
        ...

    def read(self, work: Work[T]) -> T:
        """Run ``work`` in a snapshot of its own that is rolled back."""
        ...

    def close(self) -> None:
        """Finish what is queued and stop."""
        ...


class _Reads:
    """Reads never wait for the writer."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.heard = -math.inf
        self._readers = engine.execution_options(anda_readonly=True)

    def read(self, work: Work[T]) -> T:
        """Run ``work`` in a snapshot of its own that is rolled back."""
        with self._readers.connect() as connection, connection.begin() as transaction:
            try:
                return work(UnitOfWork(connection))
            finally:
                transaction.rollback()


class _Job(NamedTuple):
    """A piece of work and who is told of its end."""

    work: Work[Any]
    tag: Any
    mailbox: Mailbox
    before: Thoughts = ()


class _Futures:
    """The mailbox of those who hold a future."""

    def deliver(self, ended: Sequence[Ended]) -> None:
        """Let them go on."""
        for end in ended:
            if not end.tag.set_running_or_notify_cancel():
                continue
            if end.problem is None:
                end.tag.set_result(end.result)
            else:
                end.tag.set_exception(end.problem)


_FUTURES = _Futures()


class SingleWriter(_Reads):
    """The one writer of this process on SQLite."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._jobs: queue.Queue[_Job | None] = queue.Queue(_LIMIT)
        self._door = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="anda-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue ``work`` for the next commit."""
        future: Future[T] = Future()
        self._put(_Job(work, future, _FUTURES))
        return future

    def post(self, work: Work[Any], mailbox: Mailbox, tag: Any, before: Thoughts = ()) -> None:
        """Queue a customer's ``work`` for the next commit."""
        self.heard = time.monotonic()
        self._put(_Job(work, tag, mailbox, before))

    def run(self, work: Work[T]) -> T:
        """Run ``work`` and wait for its commit."""
        return self.submit(work).result()

    def close(self) -> None:
        """Finish what is queued and stop."""
        with self._door:
            # Behind the last job nothing may be queued: nobody would ever hear of it.
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        self.engine.dispose()

    def _put(self, job: _Job) -> None:
        with self._door:
            if self._closed:
                raise Closing("this process is ending")
            try:
                self._jobs.put_nowait(job)
            except queue.Full:
                raise Overloaded("too many units of work are waiting") from None

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch, last = self._gather(job)
            _think([job.before for job in batch])
            for mailbox, ended in self._commit(batch).items():
                mailbox.deliver(ended)
            if last:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        batch = [first]
        while len(batch) < _BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _commit(self, batch: list[_Job]) -> dict[Mailbox, list[Ended]]:
        """Do all of it in one transaction; only then may anybody hear of it."""
        try:
            with self.engine.begin() as connection:
                ended = [Ended(job.tag, *_attempt(connection, job.work)) for job in batch]
        except Exception as error:
            # The commit failed, so nothing of the batch happened.
            ended = [Ended(job.tag, problem=error) for job in batch]
        mail: dict[Mailbox, list[Ended]] = {}
        for job, end in zip(batch, ended, strict=True):
            mail.setdefault(job.mailbox, []).append(end)
        return mail


def _think(thoughts: list[Thoughts]) -> None:
    """Think out what needs no database before the lock is taken, one kind after the other.

    The same code again and again finds its data and itself in the processor's caches: a fifth
    of the time of a turn.
    """
    for kind in zip_longest(*thoughts):
        for thought in kind:
            if thought is not None:
                # Whatever is wrong with it is met again, and dealt with, in the work itself.
                with suppress(Exception):
                    thought()


def _attempt(connection: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    """Run one piece of work in its own savepoint; its error must not touch its neighbours."""
    # Straight to the driver: these three words need no statement objects, on every message.
    say = connection.connection.cursor().execute
    say("SAVEPOINT work")
    try:
        unit = UnitOfWork(connection)
        result = work(unit)
        unit.flush()
    except Exception as error:
        say("ROLLBACK TO work")
        say("RELEASE work")
        return None, error
    say("RELEASE work")
    return result, None


class Pool(_Reads):
    """PostgreSQL: a transaction for each piece of work, several at a time."""

    def __init__(self, engine: Engine, threads: int = 8) -> None:
        super().__init__(engine)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="anda-db")
        self._waiting = threading.BoundedSemaphore(_LIMIT)

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue ``work`` for the next free connection."""
        if not self._waiting.acquire(blocking=False):
            raise Overloaded("too many units of work are waiting")
        try:
            future = self._threads.submit(self.run, work)
        except RuntimeError:
            self._waiting.release()
            raise Closing("this process is ending") from None
        future.add_done_callback(lambda _: self._waiting.release())
        return future

    def post(self, work: Work[Any], mailbox: Mailbox, tag: Any, before: Thoughts = ()) -> None:
        """Queue ``work`` for the next free connection; each piece thinks for itself."""
        self.heard = time.monotonic()

        def tell(future: Future[Any]) -> None:
            problem = future.exception()
            result = None if problem else future.result()
            mailbox.deliver([Ended(tag, result, problem)])

        self.submit(work).add_done_callback(tell)

    def run(self, work: Work[T]) -> T:
        """Run ``work`` and commit."""
        with self.engine.begin() as connection:
            unit = UnitOfWork(connection)
            result = work(unit)
            unit.flush()
            return result

    def close(self) -> None:
        """Finish what is queued and stop."""
        self._threads.shutdown(wait=True)
        self.engine.dispose()


def transactions(engine: Engine) -> Transactions:
    """Return the way of writing that fits the database."""
    return SingleWriter(engine) if engine.dialect.name == "sqlite" else Pool(engine)
