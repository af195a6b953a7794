"""Flow and Slot: the two words an intent file is written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from bot.back_office import BackOffice
from bot.desks.identity import Assurance
from bot.dialogue.manners import Manners
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.base import Json, SlotType
from bot.dialogue.slot_types.phone import Phone

T = TypeVar("T")
_LONGEST_QUOTE = 14
_MOST_LATER = 3  # events that wait for their turn; a text of a whole novel must not grow the state
_LETTERS = re.compile(r"[\W_]+")
_PRIVATE = re.compile(r"(?:[\d幺零洞两拐勾一二三四五六七八九][ -]?){7}")  # shown in part only
Accept = Callable[[Any, Any, BackOffice], str | None]


class Slot(Generic[T]):
    """One thing we need to know, how to ask for it and when it matters.

    ``check`` refuses a value with a sentence; ``accept`` may also act on the branch (send a
    code). ``also`` names a slot that is asked for in the same breath with ``ask_both``.
    An ``optional`` slot is never asked before the summary; it is taken when said. ``called`` are
    further words for it. One that is not ``deferrable`` is not skipped, or ``skips_to`` an answer.
    A slot with ``adds`` collects lists, and ``received`` is then said with what it ``shows``.
    A slot that ``belongs_to`` another is emptied when that one changes. One that is ``implied``
    is found in words that say something else too («追尾» is a kind of accident and means a car).
    Where its words fit the slot that it is ``instead_of`` as well, they are no value for that one.
    """

    name: str

    def __init__(  # noqa: PLR0913 - an intent file reads best with every word in one place
        self,
        slot_type: SlotType[T],
        *,
        label: str,
        ask: str,
        when: Callable[[Any], bool] = lambda flow: True,
        check: Callable[[Any, T], str | None] = lambda flow, value: None,
        accept: Accept | None = None,
        help: str = "",
        buttons: tuple[str, ...] = (),
        also: str = "",
        ask_both: str = "",
        optional: bool = False,
        deferrable: bool = True,
        skips_to: T | None = None,
        remembered: bool = False,
        shown: bool = True,
        called: tuple[str, ...] = (),
        adds: bool = False,
        received: str = "",
        belongs_to: str = "",
        implied: bool = False,
        instead_of: str = "",
    ) -> None:
        self.type = slot_type
        self.label = label
        self.ask = ask
        self.when = when
        self.check = check
        self.accept = accept
        self.help = help
        self.buttons = buttons
        self.also = also
        self.ask_both = ask_both
        self.optional = optional
        self.deferrable = deferrable
        self.skips_to = skips_to
        self.remembered = remembered
        self.shown = shown
        self.called = called
        self.adds = adds
        self.received = received
        self.belongs_to = belongs_to
        self.implied = implied
        self.instead_of = instead_of

    def __set_name__(self, owner: type[Flow], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, flow: None, owner: type[Flow]) -> Self: ...
    @overload
    def __get__(self, flow: Flow, owner: type[Flow]) -> T | None: ...
    def __get__(self, flow: Flow | None, owner: type[Flow]) -> Self | T | None:
        return self if flow is None else flow.values.get(self.name)


@dataclass(frozen=True)
class Slots:
    """Slots made from a table; they are asked for where the class names them."""

    slots: Mapping[str, Slot[Any]]

    def __post_init__(self) -> None:
        for name, slot in self.slots.items():
            slot.name = name


@dataclass
class Outcome:
    """What a finished flow says, and the flow to go on with, if any."""

    replies: list[Reply] = field(default_factory=list)
    then: str | None = None

    @classmethod
    def say(cls, text: str, *buttons: str) -> Outcome:
        """Return an outcome of one bubble."""
        return cls([Reply(text, buttons)])


class Flow(Manners):
    """A multi-turn intent. Its position is computed from its slots, never stored.

    ``version`` goes up when a slot changes meaning; ``changed_in`` then names, by version, the
    slots whose older values must be asked again. ``renamed`` maps old slot names to new ones.
    ``kept`` holds JSON that the flow notes for itself (a number it has opened). ``taps`` are
    buttons that begin the flow, wherever the conversation is. A message with a value for a slot
    in ``recognised_by`` is about this flow, as is one that ``sounds_like`` it (a regular
    expression); a value in ``suggested_by`` supports a guess. With ``knowledge_first`` a question
    that the knowledge base can answer is answered, and the flow is offered beside the answer.
    ``amended_by`` names the flow that changes what this one has recorded, once it is submitted.
    What is wholly ``undone_by`` after that wants it taken back, which ``undone_in`` does, and
    ``followed_by`` tells what comes next.
    ``told_apart_by`` are the slots by which two events differ: a form is about one of them, the
    words about others wait in ``kept["later"]`` and open a form of their own when this one is done.
    ``told_by``: a message that is wholly this and not longer than ``told_within`` begins it like a
    tap; ``mine_by``: one's own records. What is wholly ``asked_by`` asks and wants nothing done;
    what is wholly ``picked_by`` names a policy just listed. The ``gate`` asks for what is required.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 1
    renamed: ClassVar[Mapping[str, str]] = {}
    changed_in: ClassVar[Mapping[int, tuple[str, ...]]] = {}
    examples: ClassVar[tuple[str, ...]] = ()
    taps: ClassVar[tuple[str, ...]] = ()
    recognised_by: ClassVar[tuple[str, ...]] = ()
    suggested_by: ClassVar[tuple[str, ...]] = ()
    sounds_like: ClassVar[str] = ""
    slots: ClassVar[dict[str, Slot[Any]]] = {}
    keeps_draft: ClassVar[bool] = True
    declined_by: ClassVar[str] = ""
    knowledge_first: ClassVar[bool] = False
    amended_by: ClassVar[str] = ""
    undone_by: ClassVar[str] = ""
    undone_in: ClassVar[str] = ""
    followed_by: ClassVar[str] = ""
    told_apart_by: ClassVar[tuple[str, ...]] = ()
    told_by: ClassVar[str] = ""
    told_within: ClassVar[int] = 60
    mine_by: ClassVar[str] = ""
    picked_by: ClassVar[str] = ""
    asked_by: ClassVar[str] = ""
    gate: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.slots = dict(_slots_of(vars(cls)))

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        quotes: Mapping[str, str] | None = None,
        skipped: tuple[str, ...] = (),
        order: tuple[str, ...] = (),
        kept: Mapping[str, Json] | None = None,
        utterance: str = "",
    ) -> None:
        self.values = dict(values or {})
        self.quotes = dict(quotes or {})
        self.skipped = skipped
        self.order = order
        self.kept = dict(kept or {})
        self.utterance = utterance

    @property
    def confirm(self) -> bool:
        """Tell whether the customer sees a summary and says yes before ``submit``."""
        return True

    @property
    def requires(self) -> Assurance:
        """Return how surely we must know who asks from here; V0 as long as nothing is told."""
        return "V0"

    @property
    def needs_consent(self) -> str:
        """Return the code of the consent without which the flow may not go on, '' for none."""
        return ""

    @property
    def reads_policies(self) -> str:
        """Return whose policies it works with from here: "own", "granted", "" for none."""
        return ""

    def takes(self, name: str) -> bool:
        """Tell whether a value for ``name`` may be stored without a correction.

        What was taken over from another flow is only a guess, so anything said now wins.
        """
        slot = self.slots.get(name)
        return slot is not None and (name not in self.values or name not in self.order or slot.adds)

    def keep(self, name: str, value: Any, quote: str) -> None:
        """Store a value; what belonged to another value is emptied."""
        if self.slots[name].adds:
            value = [*self.values.get(name, ()), *value]
        elif self.values.get(name, value) != value:
            self._empty_dependents(name)
        self.values[name], self.quotes[name] = value, quote
        self.skipped = tuple(s for s in self.skipped if s != name)
        self.order = (*(s for s in self.order if s != name), name)

    def forget(self, name: str) -> None:
        """Empty a slot, so that it is asked again."""
        self.values.pop(name, None)
        self.quotes.pop(name, None)
        self.skipped = tuple(s for s in self.skipped if s != name)
        self.order = tuple(s for s in self.order if s != name)
        self._empty_dependents(name)

    def _empty_dependents(self, name: str) -> None:
        for slot in self.slots.values():
            if slot.belongs_to == name and slot.name in self.values:
                self.forget(slot.name)

    def skip(self, name: str) -> None:
        """Go on without a value for ``name``."""
        self.skipped = (*self.skipped, name)
        self.order = (*self.order, name)

    def left_open(self) -> tuple[str, ...]:
        """Return the slots that were left for later and have no value yet."""
        return tuple(name for name in self.skipped if name not in self.values)

    def partner(self, slot: Slot[Any]) -> Slot[Any] | None:
        """Return the slot that is asked for in the same breath as ``slot``, if it is open too."""
        partner = self.slots.get(slot.also)
        asked = partner and slot.ask_both and partner.when(self) and self._open(partner)
        return partner if asked else None

    def relevant(self) -> Iterator[Slot[Any]]:
        """Yield the slots that matter given what is already known, in asking order."""
        return (slot for slot in self.slots.values() if slot.when(self))

    def pending(self) -> Slot[Any] | None:
        """Return the first slot that must be asked for, or None."""
        return next((slot for slot in self.relevant() if self._open(slot)), None)

    def _open(self, slot: Slot[Any]) -> bool:
        known = slot.name in self.values or slot.name in self.skipped
        return not known and not slot.optional

    @property
    def ready(self) -> bool:
        """Nothing left to ask and nothing to confirm."""
        return not self.confirm and self.pending() is None

    def prompt(self) -> Reply:
        """Return the next question."""
        slot = self.pending()
        if slot is None:
            raise LookupError(f"{self.name} has nothing to ask")
        wants = "phone" if isinstance(slot.type, Phone) else ""
        ask = slot.ask_both if self.partner(slot) else slot.ask
        return Reply(ask, slot.buttons, wants=wants)

    def lines(self) -> list[str]:
        """Return the summary, a line a slot."""
        shown = [s for s in self.relevant() if s.name in self.values and s.shown]
        lines = [f"{s.label}：{s.type.show(self.values[s.name])}{self._source(s)}" for s in shown]
        later = [s.label for s in self.relevant() if s.name in self.skipped]
        return [*lines, f"以后补充：{'、'.join(later)}"] if later else lines

    def _source(self, slot: Slot[Any]) -> str:
        """Return the words a value was understood from, where it is not what was said itself."""
        quote = self.quotes.get(slot.name, "").strip()
        meant = _LETTERS.sub("", slot.type.show(self.values[slot.name])).upper()
        said = _LETTERS.sub("", quote).upper()
        known = not said or said in meant or meant in said or _PRIVATE.search(quote)
        if known or slot.adds or not slot.type.volunteered:
            return ""
        short = quote if len(quote) <= _LONGEST_QUOTE else quote[:_LONGEST_QUOTE] + "…"
        return f"（您说“{short}”）"

    def alarm(self, rule: str) -> None:
        """Note that ``rule`` saw somebody in danger (P0): people come before papers."""

    def begin(self, office: BackOffice) -> None:
        """Look at the branch once, when the flow is new, and note what matters in ``kept``."""

    def hear(self, text: str, rest: str) -> None:
        """Take note of the customer's words; ``rest`` is what no slot has understood of them."""

    def put_off(self, text: str, at: datetime) -> None:
        """Keep what was said about another event until this one is done."""
        later = self.kept.get("later")
        waiting: list[Json] = [*later] if isinstance(later, list) else []
        if any(isinstance(one, dict) and one.get("text") == text for one in waiting):
            return  # told twice in the same words: it is one event
        waiting.append({"text": text, "at": at.isoformat()})
        self.kept["later"] = waiting[:_MOST_LATER]

    def preface(self, office: BackOffice) -> list[Reply]:
        """Say what must be said before anybody is asked for a proof, once."""
        return []

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say something when the flow starts, before the first question."""
        return []

    def progress(self, office: BackOffice) -> list[Reply]:
        """Act on what is known so far; called after every change, before the next question."""
        return []

    def explanation(self, slot: Slot[Any]) -> str:
        """Return what ``slot`` means and why it is asked for, in plain words."""
        return slot.help

    def invitation(self) -> str:
        """Return a sentence for the foot of the summary: what may still be added."""
        return ""

    def submit(self, office: BackOffice) -> Outcome:
        """Do what the flow is for; called once, in the turn's transaction."""
        raise NotImplementedError


def _slots_of(members: Mapping[str, Any]) -> Iterator[tuple[str, Slot[Any]]]:
    for name, member in members.items():
        if isinstance(member, Slot):
            yield name, member
        elif isinstance(member, Slots):
            yield from member.slots.items()
