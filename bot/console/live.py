"""News for open consoles: one reader of the event table a process, a stream for every page."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import structlog
from sse_starlette import EventSourceResponse, ServerSentEvent

from storage.ownership import OUT
from storage.transactions import Transactions

POLL_SECONDS = 0.5
BEAT_SECONDS = 8
RETRY_MILLISECONDS = 1500
_BATCH = 500
# On PostgreSQL a lower number may be committed after a higher one: look back a little.
_BACK = 50
_KEEP = 2_000
_PRIVATE = frozenset({"offer", "state", "note", "joined", "assigned", "awake", "draft"})
log = structlog.get_logger()


class Told(NamedTuple):
    """An event as bytes, and whose it is; None is for all."""

    only: str | None
    frame: bytes
    ends: bool = False


@dataclass
class News:
    """The newest events, read once for all the pages of this process."""

    transactions: Transactions
    clock: Callable[[], datetime]
    _events: deque[tuple[int, Told]] = field(default_factory=lambda: deque(maxlen=_KEEP))
    _place: int = 0
    _known: set[int] = field(default_factory=set)
    _last: int = -1
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _reader: asyncio.Task[None] | None = None
    _heard: dict[str, datetime] = field(default_factory=dict)

    def ring(self) -> None:
        """Look now rather than at the next poll."""
        self._bell.set()

    def heard(self, agent: str) -> None:
        """Note that somebody's page runs; several are written down together.

        An open line is no sign of it: a lap-top that was shut keeps its line for minutes.
        """
        self._heard[agent] = self.clock()
        self._start()

    async def stream(self, agent: str, last: int | None) -> AsyncIterator[ServerSentEvent | bytes]:
        """Yield what concerns ``agent`` after event ``last``, then whatever comes.

        Something may come twice when it happens while a page connects: a page only looks anew.
        """
        self.heard(agent)
        yield ServerSentEvent(comment="open", retry=RETRY_MILLISECONDS)
        place = self._place
        missed = [] if last is None else await asyncio.to_thread(self._read, last)
        if frames := _for(agent, map(_told, missed)):
            yield frames
        newest = missed[-1]["id"] if missed else await self._newest()
        yield ServerSentEvent("{}", event="ready", id=str(newest))
        while True:
            arrived = self._arrived
            fresh, place = [event for at, event in self._events if at > place], self._place
            if frames := _for(agent, fresh):
                yield frames
            if any(event.ends and event.only == agent for event in fresh):
                return  # the account was closed: whoever asks again is asked who they are
            if not await _within(arrived, BEAT_SECONDS):
                # A page that hears nothing for long takes the line for dead.
                yield ServerSentEvent(str(self.clock().timestamp()), event="beat")

    def _start(self) -> None:
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._follow())

    async def _newest(self) -> int:
        return await asyncio.to_thread(
            self.transactions.read, lambda uow: uow.ownership.newest_event()
        )

    async def _follow(self) -> None:
        """Read what is new, again and again, and wake the streams."""
        self._last = await self._newest() if self._last < 0 else self._last
        while True:
            try:
                found = await asyncio.to_thread(self._read, max(0, self._last - _BACK))
                fresh = [event for event in found if event["id"] not in self._known]
                if fresh:
                    self._take(fresh)
                await self._write_down()
            except Exception:
                log.exception("console.news_trouble")
            self._bell.clear()
            await _within(self._bell, POLL_SECONDS)

    def _take(self, fresh: list[dict[str, Any]]) -> None:
        for event in fresh:
            self._place += 1
            self._events.append((self._place, _told(event)))
        self._last = max(self._last, *(event["id"] for event in fresh))
        self._known.update(event["id"] for event in fresh)
        self._known = {number for number in self._known if number > self._last - 2 * _KEEP}
        arrived, self._arrived = self._arrived, asyncio.Event()
        arrived.set()

    def _read(self, after: int) -> list[dict[str, Any]]:
        rows = self.transactions.read(lambda uow: uow.ownership.events_after(after, _BATCH))
        return [dict(row) for row in rows]

    async def _write_down(self) -> None:
        """Write down who was heard of since the last time."""
        heard, self._heard = self._heard, {}
        if heard:
            work = self.transactions.submit(lambda uow: uow.floor.heard(heard))
            await asyncio.wrap_future(work)


def event_stream(news: News, agent: str, last: str) -> EventSourceResponse:
    """Return the stream of one page; ``last`` is the number of the last event it had."""
    number = int(last) if last.isdigit() else None
    return EventSourceResponse(news.stream(agent, number), ping=BEAT_SECONDS * 2)


def _for(agent: str, events: Iterable[Told]) -> bytes:
    """Return what concerns an agent in one piece: offers, states and notes are their own."""
    return b"".join(event.frame for event in events if event.only in (None, agent))


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Tell whether the event comes in time."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _told(event: Mapping[str, Any]) -> Told:
    """Return an event as it is sent: written once, however many pages are open."""
    data = {
        "kind": event["kind"],
        "conversation": event["conversation_id"],
        "agent": event["agent"],
        **event["data"],
    }
    frame = ServerSentEvent(orjson.dumps(data).decode(), event="news", id=str(event["id"]))
    own = event["kind"] in _PRIVATE or event["kind"] == OUT
    return Told(event["agent"] if own else None, frame.encode(), ends=event["kind"] == OUT)
