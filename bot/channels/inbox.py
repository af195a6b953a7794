"""The engine's inbox as channels want it: replies for the response, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.base import Answer
from bot.dialogue.message import InboundMessage
from bot.inbox import EngineInbox


@dataclass(frozen=True)
class ChannelInbox:
    """Adapts EngineInbox to the channels' Inbox protocol."""

    inbox: EngineInbox

    async def handle(self, message: InboundMessage, within: float | None = None) -> Answer | None:
        """Answer a message exactly once; see the protocol."""
        result = await self.inbox.result(message, within)
        if result is None:
            return None
        return Answer(result.now, result.state, result.duplicate)
