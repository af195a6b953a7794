"""What one message leads to, while it is being worked out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow
from bot.dialogue.message import Reply
from bot.dialogue.registry import Registry
from bot.dialogue.state import DialogueState, Frame, Stored


@dataclass
class Turn:
    """The state as it changes, and the replies so far.

    ``quiet`` stops the open question from being repeated; ``flow_ended`` and ``filled`` tell
    what has happened in this turn.
    """

    state: DialogueState
    office: BackOffice
    registry: Registry
    at: datetime
    utterance: str = ""
    replies: list[Reply] = field(default_factory=list)
    quiet: bool = False
    flow_ended: bool = False
    filled: bool = False
    entry: str = ""

    def say(self, text: str, *buttons: str) -> None:
        """Add a bubble."""
        self.replies.append(Reply(text, buttons))

    @property
    def frame(self) -> Frame:
        """Return the top frame; there must be one."""
        if self.state.top is None:
            raise LookupError("no flow is open")
        return self.state.top

    def flow(self) -> Flow:
        """Return the top flow, rebuilt from its frame."""
        return self.registry.revive(self.frame, self.utterance)

    def store(self, flow: Flow) -> None:
        """Write the flow's values back to the top frame."""
        slots = {
            name: Stored(flow.slots[name].type.dump(value), flow.quotes.get(name, ""))
            for name, value in flow.values.items()
        }
        self.state = self.state.with_top(
            replace(
                self.frame,
                version=flow.version,
                slots=slots,
                skipped=flow.skipped,
                kept=flow.kept,
                touched_at=self.at.isoformat(timespec="seconds"),
            )
        )

    def remember(self, flow: Flow) -> None:
        """Keep what other flows of this conversation need not ask again."""
        known = dict(self.state.known)
        for name, slot in flow.slots.items():
            if slot.remembered and name in flow.values:
                known[name] = Stored(slot.type.dump(flow.values[name]), flow.quotes.get(name, ""))
        self.state = replace(self.state, known=known)
