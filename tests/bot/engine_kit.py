"""Messages to a branch in one process, and what came of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.bootstrap import App
from bot.dialogue.message import InboundMessage
from bot.result import Result

Make = Callable[[], App]


def message(
    app: App, key: str, text: str, peer: str = "p1", channel: str = "webchat"
) -> InboundMessage:
    """Return a text message sent now."""
    return InboundMessage(channel, "acc", peer, key, app.clock(), text)


def say(app: App, key: str, text: str, peer: str = "p1") -> Result:
    """Hand a message to the inbox and wait for its turn."""
    result = asyncio.run(app.inbox.result(message(app, key, text, peer)))
    assert result is not None
    return result
