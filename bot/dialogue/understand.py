"""From an utterance and the current state to commands. Pure: no clock, no database.

Readers are tried in order and the first that recognises the utterance decides. The
order is the bot's manners: danger first, then a way out, then what we asked for, then
new subjects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue import readers_flow, readers_open
from bot.dialogue.commands import Command, NotUnderstood
from bot.dialogue.heard import Heard
from bot.dialogue.reading import IntentReader, KnowledgeBase
from bot.dialogue.registry import Registry
from bot.dialogue.state import DialogueState

Reader = Callable[[Heard], list[Command]]

READERS: tuple[Reader, ...] = (
    readers_open.offered,
    readers_open.danger,
    readers_open.person,
    readers_flow.steering,
    readers_flow.resume,
    readers_flow.correction,
    readers_flow.digression,
    readers_flow.expected_answer,
    readers_flow.confirmation,
    readers_flow.question,
    readers_open.rating,
    readers_open.incident,
    readers_open.wishes,
    readers_open.new_intent,
    readers_open.knowledge,
    readers_open.candidates,
)


@dataclass(frozen=True)
class Understander:
    """Turns what a customer says into commands."""

    registry: Registry
    intents: IntentReader
    knowledge: KnowledgeBase
    threshold: float = 0.55

    def commands(self, text: str, state: DialogueState, at: datetime) -> list[Command]:
        """Return the commands of one utterance; never empty."""
        flow = None
        if state.top and state.top.flow in self.registry.flows:
            flow = self.registry.revive(state.top, text)
        heard = Heard(text, at, flow, state, self.registry.flows, self.intents, self.knowledge)
        for reader in READERS:
            if commands := reader(heard):
                return commands
        return [NotUnderstood()]
