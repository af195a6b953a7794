"""What one message leads to, while it is being worked out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow
from bot.dialogue.fold import fold
from bot.dialogue.message import Reply
from bot.dialogue.reading import KnowledgeBase
from bot.dialogue.registry import Registry
from bot.dialogue.slot_types.base import SlotType
from bot.dialogue.state import DialogueState, Frame, Stored


@dataclass
class Turn:
    """The state as it changes, and the replies so far.

    ``quiet`` stops the open question from being repeated. ``begun`` (a form was opened),
    ``flow_ended``, ``filled`` (a slot got a value) and ``added`` (a photo was added to others)
    tell what has happened in this turn; ``alarm`` is the rule that saw somebody in danger;
    ``unsaid`` is what to say if nothing else is.
    """

    state: DialogueState
    office: BackOffice
    registry: Registry
    knowledge: KnowledgeBase
    at: datetime
    utterance: str = ""
    patience: int = 3
    replies: list[Reply] = field(default_factory=list)
    alarm: str = ""
    quiet: bool = False
    begun: bool = False
    flow_ended: bool = False
    filled: bool = False
    added: bool = False
    entry: str = ""
    unsaid: str = ""

    def say(self, text: str, *buttons: str) -> None:
        """Add a bubble."""
        self.replies.append(Reply(text, buttons))

    @property
    def frame(self) -> Frame:
        """Return the top frame; there must be one."""
        if self.state.top is None:
            raise LookupError("no flow is open")
        return self.state.top

    def title(self) -> str:
        """Return the title of the top flow."""
        return self.registry.flows[self.frame.flow].title

    def flow(self) -> Flow:
        """Return the top flow, rebuilt from its frame."""
        return self.registry.revive(self.frame, self.utterance)

    def store(self, flow: Flow) -> None:
        """Write the flow's values back to the top frame."""
        self.state = self.state.with_top(
            replace(
                self.frame,
                version=flow.version,
                slots={name: _stored(flow, name) for name in flow.values},
                skipped=flow.skipped,
                order=flow.order,
                kept=flow.kept,
                touched_at=self.stamp(),
            )
        )

    def stamp(self) -> str:
        """Return the moment of this turn as frames store it."""
        return self.at.isoformat(timespec="seconds")

    def remember(self, flow: Flow) -> None:
        """Keep what other flows of this conversation need not ask again."""
        remembered = [n for n, s in flow.slots.items() if s.remembered and n in flow.values]
        known = {name: _stored(flow, name) for name in remembered}
        self.state = replace(self.state, known=self.state.known | known)

    def know(self, name: str, kind: SlotType[Any]) -> None:
        """Keep a value that was said outside of any form, so that none asks for it again."""
        found = kind.find(fold(self.utterance), self.at)
        if found is not None and found.value is not None:
            stored = Stored(kind.dump(found.value), self.utterance[slice(*found.span)])
            self.state = replace(self.state, known=self.state.known | {name: stored})


def _stored(flow: Flow, name: str) -> Stored:
    return Stored(flow.slots[name].type.dump(flow.values[name]), flow.quotes.get(name, ""))
