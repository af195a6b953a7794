"""What customers do to what stands above: they edit a message, or tap an old button.

Neither is a new message: an edit corrects what the form took from the words before, and never
opens a second one by itself; a button of an earlier step answers nothing that is asked now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.dialogue import phrases
from bot.dialogue.commands import Command, CorrectSlots, NotUnderstood, Said, Say, StartFlow
from bot.dialogue.facts import as_said, volunteered
from bot.dialogue.flow import Flow
from bot.dialogue.fold import fold
from bot.dialogue.message import InboundMessage
from bot.dialogue.state import DialogueState
from bot.dialogue.understand import Understander
from storage.conversations import OpenConversation
from storage.models.base import table_of
from storage.models.conversation import Message
from storage.unit_of_work import UnitOfWork

EDITED, TAPPED = "edited", "tap:"
_LOOK_BACK = 60  # messages in which the original of an edit is sought
_message = table_of(Message)


@dataclass(frozen=True)
class Hindsight:
    """Reads edits and taps; everything else is none of its business."""

    uow: UnitOfWork
    conversation: OpenConversation
    understander: Understander
    at: datetime

    def commands(self, message: InboundMessage, state: DialogueState) -> list[Command] | None:
        """Return what an edit or a tap leads to; None for the usual way."""
        if message.kind != "text" or not message.event:
            return None
        if message.event == EDITED:
            return self._edit(message, state)
        return self._tap(message, state) if message.event.startswith(TAPPED) else None

    def nothing_new(self, message: InboundMessage) -> bool:
        """Tell whether an edit changed no word: a preview or the format may have changed."""
        return message.event == EDITED and self._original(message) == message.text

    def _original(self, message: InboundMessage) -> str | None:
        """Return the words as they were before this edit."""
        rows = self.uow.conversations.last(self.conversation.id, _LOOK_BACK)
        mine = [row["body"] for row in rows if row["body"].get("ref") == message.ref]
        return str(mine[-1].get("text", "")) if mine and message.ref else None

    def _edit(self, message: InboundMessage, state: DialogueState) -> list[Command]:
        top = state.top
        if top is None or top.flow not in self.understander.registry.flows:
            return self._afterwards(message.text, state)
        flow = self.understander.registry.revive(top)
        changed = self._changed(flow, message.text, self._original(message))
        if changed:
            return [CorrectSlots(changed, message.text)]
        # What brings danger to light, or a wish for a person, is never only an edit.
        urgent = [c for c in self._usual(message.text, state) if type(c).__name__ == "Escalate"]
        return urgent or [Say(phrases.EDIT_NOTHING_NEW)]

    def _changed(self, flow: Flow, text: str, original: str | None) -> dict[str, Said]:
        """Return the slots that the edit gives another value."""
        said = volunteered(flow, text, self.at)
        answered = [n for n, quote in flow.quotes.items() if original and quote == original.strip()]
        for name in answered:
            found = flow.slots[name].type.answer(fold(text), self.at)
            if name not in said and found is not None:
                said[name] = as_said(found, text)
        known = {n: s for n, s in said.items() if n in flow.values or flow.takes(n)}
        return {
            name: one
            for name, one in known.items()
            if one.value is not None and one.value != flow.values.get(name)
        }

    def _afterwards(self, text: str, state: DialogueState) -> list[Command]:
        """Without an open form: change what was submitted, or answer; open nothing anew."""
        form = self.understander.registry.flows.get(state.done[0]) if state.done else None
        amending = form.amended_by if form else ""
        corrected = self._usual(phrases.EDIT_CUE + text, state)
        if amending and any(isinstance(c, StartFlow) and c.flow == amending for c in corrected):
            return corrected
        commands = self._usual(text, state)
        if any(isinstance(command, StartFlow) for command in commands):
            return [Say(phrases.EDIT_AFTERWARDS, phrases.MENU_BUTTONS)]
        return commands

    def _tap(self, message: InboundMessage, state: DialogueState) -> list[Command] | None:
        seq = message.event.removeprefix(TAPPED)
        if seq.isdigit() and not self._since(int(seq)):
            return None
        if not message.text:
            return [Say(phrases.TAP_GONE, () if state.stack else phrases.MENU_BUTTONS)]
        if message.text in self._menu() or message.text in phrases.MENU_BUTTONS:
            return None
        commands = self._usual(message.text, state)
        lost = bool(state.stack) or any(isinstance(c, NotUnderstood) for c in commands)
        return [Say(phrases.TAP_GONE)] if lost else commands

    def _since(self, seq: int) -> bool:
        """Tell whether the customer has said something after what the button belongs to."""
        if not seq:
            return False
        later = select(_message.c.seq).where(
            _message.c.conversation_id == self.conversation.id,
            _message.c.seq > seq,
            _message.c.author == "customer",
        )
        return self.uow.connection.execute(later.limit(1)).first() is not None

    def _menu(self) -> set[Any]:
        flows = self.understander.registry.flows.values()
        return {tap for flow in flows for tap in flow.taps}

    def _usual(self, text: str, state: DialogueState) -> list[Command]:
        return self.understander.commands(text, state, self.at)
