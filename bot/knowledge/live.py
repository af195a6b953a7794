"""The release that is live: read from the database, and taken up by running processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base.bodies import entry_of
from knowledge_base.calibration import PRECISION
from knowledge_base.entries import Entry
from knowledge_base.loader import KnowledgeBase, load_folder
from knowledge_base.service import FOLDER, SHIPPED, Service
from knowledge_base.wordings import Memory
from storage import schema
from storage.knowledge_values import Version
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger()
POLL_S = 1.0
# What a customer was offered under the former release can be tapped this long.
FORMER_S = 600.0


@dataclass(frozen=True)
class Live:
    """A release as it is to be answered from. ``until`` is when a date in it changes that."""

    release: int
    base: KnowledgeBase
    calibration: Mapping[str, Any] | None
    until: datetime | None


def entry(version: Version) -> Entry:
    """Return what a version says."""
    return entry_of(version.code, version.body, version.effective_from, version.expires_at)


def is_in_force(version: Version, now: datetime) -> bool:
    """Tell whether a version's time has begun and is not over."""
    begun = version.effective_from is None or version.effective_from <= now
    return begun and not version.is_expired(now)


def base_of(versions: Iterable[Version], now: datetime) -> KnowledgeBase:
    """Return the entries that are in force now."""
    return KnowledgeBase(entry(version) for version in versions if is_in_force(version, now))


def read(uow: UnitOfWork, now: datetime) -> Live | None:
    """Return the live release, None before the first."""
    if not (number := uow.knowledge.live()):
        return None
    versions = uow.knowledge.contents(number)
    dates = [day for v in versions for day in (v.effective_from, v.expires_at) if day]
    until = min((day for day in dates if day > now), default=None)
    calibration = uow.knowledge.release(number).calibration
    return Live(number, base_of(versions, now), calibration, until)


def open_service(
    engine: Engine,
    facts: Mapping[str, str],
    now: datetime,
    memory: Memory | None = None,
    precision: float = PRECISION,
) -> Service:
    """Return what answers: from the database's live release, or the shipped files before it.

    The engine is used for this one look and then let go of.
    """
    try:
        found = _peek(engine, now)
    finally:
        engine.dispose()
    if found is None:
        return Service(load_folder(FOLDER), facts, memory=memory, precision=precision)
    return Service(found.base, facts, found.release, found.calibration, memory, precision)


def _peek(engine: Engine, now: datetime) -> Live | None:
    try:
        if not schema.is_current(engine):
            return None
        reader = engine.execution_options(anda_readonly=True)
        with reader.connect() as connection, connection.begin() as transaction:
            try:
                return read(UnitOfWork(connection), now)
            finally:
                transaction.rollback()
    except SQLAlchemyError as error:
        # Whoever needs the database will say so; answers can be given without it.
        log.warning("knowledge.unread", error=type(error).__name__)
        return None


class Watcher:
    """Looks once a second whether another release is live, and swaps it in when it is built."""

    def __init__(
        self,
        transactions: Transactions,
        service: Callable[[], Service],
        now: Callable[[], datetime],
        poll_s: float = POLL_S,
    ) -> None:
        self._transactions = transactions
        self._service = service
        self._now = now
        self._poll_s = poll_s
        self._until: datetime | None = None
        self._swapped = 0.0
        self._first = True
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="anda-knowledge", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End; a matcher that is being built is thrown away."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(self._poll_s):
            try:
                self.look()
            except Exception:
                if self._stopped.is_set():
                    return
                # The old release goes on answering; the next look may find the database again.
                log.exception("knowledge.trouble")

    def look(self) -> bool:
        """Take up what has changed; return whether something has."""
        service, now = self._service(), self._now()
        self._let_go(service)
        number = self._transactions.read(lambda uow: uow.knowledge.live())
        if not number or not (number != service.release or self._first or self._is_over(now)):
            return False
        return self._take_up(service, now)

    def _is_over(self, now: datetime) -> bool:
        return self._until is not None and self._until <= now

    def _let_go(self, service: Service) -> None:
        if self._swapped and time.monotonic() - self._swapped > FORMER_S:
            service.forget_former()
            self._swapped = 0.0

    def _take_up(self, service: Service, now: datetime) -> bool:
        live = self._transactions.read(lambda uow: read(uow, now))
        if live is None:
            return False
        self._first, self._until = False, live.until
        if live.release == service.release and live.base.entries == service.base.entries:
            return False
        started = time.monotonic()
        snapshot = service.snapshot(live.base, live.release, live.calibration)
        if self._stopped.is_set():
            return False
        service.put_live(snapshot)
        self._swapped = time.monotonic()
        took = round(self._swapped - started, 2)
        entries = len(live.base.entries)
        log.info("knowledge.taken_up", release=live.release, entries=entries, seconds=took)
        return True


__all__ = ["SHIPPED", "Live", "Watcher", "base_of", "entry", "is_in_force", "open_service", "read"]
