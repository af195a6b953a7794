"""Dialogue state: plain data, saved as JSON after every turn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bot.dialogue.slot_types.base import Json


@dataclass(frozen=True)
class Stored:
    """A slot value as JSON with the customer's own words it came from."""

    value: Json
    quote: str = ""


@dataclass(frozen=True)
class Frame:
    """One flow in progress. ``order`` names slots as they were answered or skipped (上一步)."""

    flow: str
    version: int
    slots: dict[str, Stored] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    kept: dict[str, Json] = field(default_factory=dict)
    touched_at: str = ""

    @property
    def about(self) -> tuple[str, bool]:
        """Return what tells this frame from others: its flow, and if it is about another event."""
        return self.flow, bool(self.kept.get("another"))

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Frame:
        """Rebuild a frame; keys of older or newer releases are ignored or defaulted."""
        slots = {
            name: Stored(**item) if isinstance(item, dict) and "value" in item else Stored(item)
            for name, item in raw.get("slots", {}).items()
        }
        return cls(
            flow=raw["flow"],
            version=int(raw.get("version", 1)),
            slots=slots,
            skipped=tuple(raw.get("skipped", ())),
            order=tuple(raw.get("order", slots)),
            kept=dict(raw.get("kept", {})),
            touched_at=str(raw.get("touched_at", "")),
        )


@dataclass(frozen=True)
class Answered:
    """What was answered last from the knowledge base, so that «那商业的呢» and «没解决» make sense.

    ``asked`` is the question as it was understood; ``tries`` counts how often it was explained.
    """

    entries: tuple[str, ...] = ()
    asked: str = ""
    score: float = 0.0
    at: str = ""
    tries: int = 0

    @property
    def entry(self) -> str:
        """Return the entry that was said last."""
        return self.entries[-1] if self.entries else ""

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Answered:
        """Rebuild what was stored."""
        known = {key: raw[key] for key in ("asked", "score", "at", "tries") if key in raw}
        return cls(entries=tuple(map(str, raw.get("entries", ()))), **known)


@dataclass(frozen=True)
class DialogueState:
    """The stack of open flows, drafts, and what may be picked up from before.

    ``waiting`` names flows whose drafts are to be offered as soon as nothing else is open.
    ``done`` is the form that was submitted last, when, and the slots that were left for later:
    it may still be corrected and completed. ``waits`` counts turns that left the question open.
    """

    stack: tuple[Frame, ...] = ()
    drafts: tuple[Frame, ...] = ()
    waiting: tuple[str, ...] = ()
    offers: dict[str, str] = field(default_factory=dict)
    known: dict[str, Stored] = field(default_factory=dict)
    answered: Answered | None = None
    done: tuple[str, ...] = ()
    misses: int = 0
    waits: int = 0
    welcomed: bool = False

    @property
    def top(self) -> Frame | None:
        """Return the flow in progress."""
        return self.stack[-1] if self.stack else None

    def push(self, frame: Frame) -> DialogueState:
        """Return the state with ``frame`` on top."""
        return replace(self, stack=(*self.stack, frame))

    def pop(self) -> DialogueState:
        """Return the state without its top frame."""
        return replace(self, stack=self.stack[:-1])

    def with_top(self, frame: Frame) -> DialogueState:
        """Return the state with its top frame replaced."""
        return self.pop().push(frame)

    def shelve(self, frame: Frame) -> DialogueState:
        """Return the state with ``frame`` kept as the newest draft; three drafts at most."""
        others = tuple(f for f in self.drafts if f.about != frame.about)
        return replace(self, drafts=(*others, frame)[-3:])

    def unshelve(self, flow: str) -> tuple[DialogueState, Frame | None]:
        """Return the state without the draft of ``flow``, and that draft."""
        draft = next((f for f in reversed(self.drafts) if f.flow == flow), None)
        return replace(self, drafts=tuple(f for f in self.drafts if f is not draft)), draft

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON; empty parts are left out, since this is stored every turn."""
        return {key: _plain(value) for key, value in vars(self).items() if value}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> DialogueState:
        """Rebuild a stored state."""
        return cls(
            stack=tuple(map(Frame.from_json, raw.get("stack", ()))),
            drafts=tuple(map(Frame.from_json, raw.get("drafts", ()))),
            waiting=tuple(raw.get("waiting", ())),
            offers=dict(raw.get("offers", {})),
            known={name: Stored(**item) for name, item in raw.get("known", {}).items()},
            answered=Answered.from_json(raw["answered"]) if raw.get("answered") else None,
            done=tuple(map(str, raw.get("done", ()))),
            misses=int(raw.get("misses", 0)),
            waits=int(raw.get("waits", 0)),
            welcomed=bool(raw.get("welcomed", False)),
        )


def _plain(value: Any) -> Any:
    """Return dataclasses, wherever they stand in a part of the state, as mappings."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, Frame | Stored | Answered):
        return {key: _plain(each) for key, each in vars(value).items()}
    return value
