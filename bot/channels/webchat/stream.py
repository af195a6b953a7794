"""A session's events as server-sent events: numbered, resumable, with a heartbeat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import anyio
import orjson
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.channels.webchat.ports import ChatEvent, ChatService

BATCH = 200
HEARTBEAT_SECONDS = 15
RETRY_MILLISECONDS = 2000
SECONDS_TO_CLOSE = 2


def event_stream(service: ChatService, peer: str, last: int) -> EventSourceResponse:
    """Return everything after ``last`` and then whatever comes, until the server drains."""
    closing = anyio.Event()
    return EventSourceResponse(
        _events(service, peer, last, closing),
        ping=HEARTBEAT_SECONDS,
        ping_message_factory=_heartbeat,
        shutdown_event=closing,
        shutdown_grace_period=SECONDS_TO_CLOSE,
    )


def _heartbeat() -> ServerSentEvent:
    return ServerSentEvent(comment="ping")


async def _events(
    service: ChatService, peer: str, last: int, closing: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="open", retry=RETRY_MILLISECONDS)
    while not closing.is_set():
        for event in await _next_events(service, peer, last, closing):
            last = event.seq
            yield _numbered(event)


async def _next_events(
    service: ChatService, peer: str, last: int, closing: anyio.Event
) -> list[ChatEvent]:
    """Wait for news first and look second: an event between the two would go unnoticed."""
    news = asyncio.create_task(service.wait_for_news(peer, HEARTBEAT_SECONDS))
    drain = asyncio.create_task(closing.wait())
    await asyncio.sleep(0)  # lets the tasks begin to listen
    try:
        if events := await service.events_after(peer, last, BATCH):
            return events
        await asyncio.wait((news, drain), return_when=asyncio.FIRST_COMPLETED)
        if news.done():
            news.result()  # a fault of the service ends the stream; the page comes back
        return []
    finally:
        news.cancel()
        drain.cancel()


def _numbered(event: ChatEvent) -> ServerSentEvent:
    return ServerSentEvent(orjson.dumps(event.to_json()).decode(), id=str(event.seq))
