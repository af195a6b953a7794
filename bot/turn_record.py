"""What a turn was, as the ledger keeps it: pure, from what is known when it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.dialogue.message import InboundMessage, Reply
from bot.replies import entry_of
from storage.conversations import OpenConversation
from storage.ledger import BOT, Happening

# Silence this long ends a session: what comes then is another contact.
SESSION_GAP: Final = timedelta(minutes=30)
State = dict[str, Any]


def of_turn(
    message: InboundMessage,
    conversation: OpenConversation,
    before: tuple[State, str],
    replies: Sequence[Reply],
    now: datetime,
) -> Iterator[Happening]:
    """Yield the session that begins with this message, if one does, and the turn itself.

    ``before`` is the state and the owner as the message found them.
    """
    if conversation.last_seq == 0 or now - conversation.last_at > SESSION_GAP:
        yield Happening("session", now, conversation.id, None, BOT, BOT, message.channel)
    state, owner = before
    label, result = _outcome(message, conversation, state, owner, replies)
    waited = max(0, int((now - message.sent_at).total_seconds() * 1000))
    yield Happening(
        "turn", now, conversation.id, None, BOT, BOT, message.channel, label, result, waited
    )


def _outcome(
    message: InboundMessage,
    conversation: OpenConversation,
    before: State,
    owner: str,
    replies: Sequence[Reply],
) -> tuple[str, str]:
    """Return what the turn was about and how it went."""
    if not replies:
        return "", "to_agent" if owner == "agent" else "silent"
    if message.kind == "event":
        return "", "greeted"
    was, now = _flow(before), _flow(conversation.state)
    if owner == "bot" and conversation.owner == "queue":
        return now or was, "handed"
    if entry := entry_of(replies):
        return entry, "answered"
    if conversation.state.get("misses", 0) > before.get("misses", 0):
        return now, "missed"
    return _of_flow(before, conversation.state, was, now)


def _of_flow(before: State, after: State, was: str, now: str) -> tuple[str, str]:
    if was and now != was:
        dropped = len(after.get("drafts") or ()) > len(before.get("drafts") or ())
        return was, "cancelled" if dropped else "done"
    if now:
        return now, "asked" if was else "begun"
    return "", "said"


def _flow(state: State) -> str:
    stack = state.get("stack")
    return str(stack[-1].get("flow") or "") if stack else ""
