"""The web chat's conversation: the engine behind the page."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from bot.channels.webchat.ports import ChatEvent, ChatTurn, MediaRefused, media_url
from bot.dialogue.message import Attachment, InboundMessage
from bot.inbox import EngineInbox
from bot.media import MediaStore, image_ending
from bot.result import Result
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

CHANNEL, ACCOUNT = "webchat", "web"
# ``recalls`` is the number of a message that was taken back.
_SHOWN = ("text", "buttons", "recalls")


@dataclass
class EngineChat:
    """Fulfils ChatService. ``poll_s`` bounds how late news of another process are seen."""

    inbox: EngineInbox
    transactions: Transactions
    media_store: MediaStore
    poll_s: float = 15.0
    _bells: dict[str, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))

    async def receive(self, message: InboundMessage) -> ChatTurn:
        """Take one customer message; a repeated key gives the same turn again."""
        result = await self.inbox.result(message)
        assert result is not None  # without a deadline there is always a result
        seqs = range(result.seq, result.seq + 1 + len(result.now))
        return ChatTurn(result.now, result.state, tuple(seqs))

    def ring(self, message: InboundMessage, result: Result) -> None:
        """Wake the streams of a customer who has news."""
        if message.channel == CHANNEL:
            self.ring_peer(message.peer)

    def ring_peer(self, peer: str) -> None:
        """Wake the streams of a customer."""
        for bell in self._bells.get(peer, ()):
            bell.set()

    async def save_media(self, peer: str, name: str, data: bytes) -> Attachment:
        """Keep an upload or raise MediaRefused."""
        if len(data) > self.media_store.max_bytes:
            limit = self.media_store.max_bytes // 1_000_000
            raise MediaRefused(f"照片太大了，请发 {limit} MB 以内的照片。")
        ending = await asyncio.to_thread(image_ending, data)
        if ending is None:
            raise MediaRefused("这个文件不是能识别的照片，请发 JPG、PNG、GIF 或 WebP 格式的照片。")
        ref = await asyncio.to_thread(self.media_store.save, peer, data, ending)
        return Attachment("image", ref, stored=True, name=name)

    async def media(self, peer: str, name: str) -> tuple[bytes, str] | None:
        """Return a file of this very peer."""
        return await asyncio.to_thread(self.media_store.read, peer, name)

    async def events_after(self, peer: str, last: int, limit: int) -> list[ChatEvent]:
        """Return up to ``limit`` events after ``last``, in order; the last one names the owner."""

        def read(uow: UnitOfWork) -> tuple[list[Any], str]:
            found = uow.conversations.id_of(CHANNEL, ACCOUNT, peer)
            if found is None:
                return [], ""
            # What colleagues note for each other is not for the customer.
            rows = [
                row
                for row in uow.conversations.after(found, last, limit)
                if row["author"] != "note" and "recalled" not in row["body"]
            ]
            return rows, uow.conversations.owner_of(found) if rows else ""

        rows, owner = await asyncio.to_thread(self.transactions.read, read)
        events = [_event(row, peer) for row in rows]
        if events:
            events[-1] = replace(events[-1], body=events[-1].body | {"owner": owner})
        return events

    async def wait_for_news(self, peer: str, seconds: float) -> None:
        """Return when the peer has a new event, or after ``seconds``."""
        bell = asyncio.Event()
        self._bells[peer].add(bell)
        try:
            await asyncio.wait_for(bell.wait(), min(seconds, self.poll_s))
        except TimeoutError:
            return
        finally:
            self._bells[peer].discard(bell)
            if not self._bells[peer]:
                del self._bells[peer]


def _event(row: Mapping[str, Any], peer: str) -> ChatEvent:
    body = dict(row["body"])
    if body.get("type") == "image":
        name = PurePosixPath(str(body.get("media", ""))).name
        body = {"type": "image", "url": media_url(peer, name)}
    elif body.get("type") == "location":
        body = {"type": "location", **body["location"]}
    else:
        body = {k: v for k, v in body.items() if k in _SHOWN} | {"type": "text"}
    return ChatEvent(row["seq"], row["author"], body, row["at"], row["key"] or "")
