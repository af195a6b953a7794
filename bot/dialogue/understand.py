"""From an utterance and the current state to commands. Pure: no clock, no database.

Readers are tried in order and the first that recognises the utterance decides. The
order is the bot's manners: danger first, then a way out, then what we asked for, then
new subjects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dialogue import (
    readers_answer,
    readers_correction,
    readers_events,
    readers_help,
    readers_knowledge,
    readers_mine,
    readers_open,
    readers_policies,
    readers_shown,
    readers_steering,
)
from bot.dialogue.commands import Command, NotUnderstood
from bot.dialogue.flow import Flow
from bot.dialogue.heard import Heard
from bot.dialogue.reading import IntentReader, KnowledgeBase
from bot.dialogue.refresh import IDLE, refresh
from bot.dialogue.registry import Registry
from bot.dialogue.state import DialogueState, Frame
from bot.dialogue.words import FIGURES

_A_QUESTION = 4  # characters: shorter words are answers and taps
Reader = Callable[[Heard], list[Command]]

READERS: tuple[Reader, ...] = (
    readers_knowledge.offered,
    readers_shown.shown,
    readers_open.tapped,
    readers_answer.tapped_answer,
    readers_answer.number,
    readers_open.danger,
    readers_policies.picked,
    readers_knowledge.unsolved,
    readers_events.another_event,
    readers_correction.with_value,
    readers_correction.after_submission,
    readers_correction.afterthought,
    readers_correction.taken_back,
    readers_correction.what_next,
    readers_help.code_did_not_come,
    readers_help.wants_a_promise,
    readers_open.pressing,
    readers_open.person,
    readers_steering.declined,
    readers_help.asked_what_it_means,
    readers_help.wants_a_rebate,
    readers_steering.steering,
    readers_steering.resume,
    readers_correction.correction,
    readers_mine.mine,
    readers_steering.assent,
    readers_answer.digression,
    readers_answer.expected_answer,
    readers_answer.restated,
    readers_answer.confirmation,
    readers_answer.late_answer,
    readers_steering.courtesy,
    readers_open.rating,
    readers_knowledge.described,
    readers_open.incident,
    readers_open.wishes,
    readers_knowledge.follow_up,
    readers_open.new_intent,
    readers_open.recognised,
    readers_steering.stray_figures,
    readers_knowledge.several,
    readers_knowledge.knowledge,
    readers_open.served,
    readers_answer.new_value,
    readers_answer.remark,
    readers_answer.nothing_new,
    readers_knowledge.candidates,
)


@dataclass(frozen=True)
class Understander:
    """Turns what a customer says into commands."""

    registry: Registry
    intents: IntentReader
    knowledge: KnowledgeBase
    threshold: float = 0.55
    idle: timedelta = IDLE

    def commands(self, text: str, state: DialogueState, at: datetime) -> list[Command]:
        """Return the commands of one utterance; never empty."""
        state = refresh(state, at, self.idle, self.registry.flows).state
        heard = Heard(
            original=text,
            at=at,
            flow=self._revived(state.top, text),
            draft=self._revived(state.drafts[-1], text) if state.drafts else None,
            state=state,
            flows=self.registry.flows,
            starters=self.registry.starters,
            intents=self.intents,
            knowledge=self.knowledge,
            sure=self.threshold,
        )
        for reader in READERS:
            if commands := reader(heard):
                return commands
        return [NotUnderstood()]

    def look_ahead(self, text: str) -> None:
        """Look a text up where the turn will most likely want it: unless it begins a flow."""
        reading = self.intents.read(text)
        begins = reading.intent in self.registry.flows and reading.confidence >= self.threshold
        if not begins and len(text) >= _A_QUESTION and not FIGURES.match(text):
            self.knowledge.look_up(text)

    def _revived(self, frame: Frame | None, text: str) -> Flow | None:
        return self.registry.revive(frame, text) if frame else None
