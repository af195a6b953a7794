"""A session's events as server-sent events: numbered, resumable, with a heartbeat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.channels.webchat.ports import ChatEvent, ChatService

BATCH = 200
HEARTBEAT_SECONDS = 15
RETRY_MILLISECONDS = 2000


def event_stream(service: ChatService, peer: str, last: int) -> EventSourceResponse:
    """Return everything after ``last`` and then whatever comes."""
    return EventSourceResponse(
        _events(service, peer, last), ping=HEARTBEAT_SECONDS, ping_message_factory=_heartbeat
    )


def _heartbeat() -> ServerSentEvent:
    return ServerSentEvent(comment="ping")


async def _events(service: ChatService, peer: str, last: int) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="open", retry=RETRY_MILLISECONDS)
    while True:
        for event in await _next_events(service, peer, last):
            last = event.seq
            yield _numbered(event)


async def _next_events(service: ChatService, peer: str, last: int) -> list[ChatEvent]:
    """Wait for news first and look second: an event between the two would go unnoticed."""
    news = asyncio.create_task(service.wait_for_news(peer, HEARTBEAT_SECONDS))
    await asyncio.sleep(0)  # lets the task begin to listen
    try:
        if events := await service.events_after(peer, last, BATCH):
            return events
        await news
        return []
    finally:
        news.cancel()


def _numbered(event: ChatEvent) -> ServerSentEvent:
    return ServerSentEvent(orjson.dumps(event.to_json()).decode(), id=str(event.seq))
