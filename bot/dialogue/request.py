"""A wish that a colleague fulfils: one or two questions, then a ticket with a promised time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from bot.back_office import BackOffice
from bot.clockwork.words import moment
from bot.dialogue import phrases
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.base import Json
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate

_WORD = re.compile(r"\w")
_ENOUGH_WORDS = 10
_LIMIT = 1_000


def not_told(request: Any) -> bool:
    """Tell whether the customer has said too little to act on: a slot's ``when``."""
    return not request.told


def plate_slot(when: Callable[[Any], bool] = lambda flow: True) -> Slot[str]:
    """Return the question for the number plate, as every request asks it."""
    return Slot(
        plate,
        label=phrases.PLATE_LABEL,
        called=phrases.PLATE_CALLED,
        ask=phrases.ASK_PLATE,
        help=phrases.PLATE_HELP,
        when=when,
        remembered=True,
    )


def phone_slot(when: Callable[[Any], bool] = lambda flow: True) -> Slot[str]:
    """Return the question for the number that a colleague will call."""
    return Slot(
        phone,
        when=when,
        label=phrases.PHONE_LABEL,
        called=phrases.PHONE_CALLED,
        ask=phrases.ASK_PHONE,
        help=phrases.HELP_CALL,
        remembered=True,
    )


class Request(Flow):
    """A flow that ends with a ticket of its own name.

    ``notice`` is said before the first question, ``after`` follows the number, and ``buttons``
    are shown with it. The customer's words go into the ticket as they were said.
    """

    knowledge_first = True
    notice: ClassVar[str] = ""
    after: ClassVar[str] = ""
    buttons: ClassVar[tuple[str, ...]] = (phrases.PERSON_BUTTON,)

    @property
    def confirm(self) -> bool:
        """Show a card only where there is something on it to check."""
        return bool(self.lines())

    @property
    def told(self) -> bool:
        """Tell whether there are words enough for a colleague to know what it is about."""
        return len(_WORD.findall(self.words)) >= _ENOUGH_WORDS

    @property
    def words(self) -> str:
        """Return everything the customer said about it."""
        return str(self.kept.get("words") or "")

    def hear(self, text: str, rest: str) -> None:
        """Keep the words that are more than a tap or a value."""
        if text.strip() not in self.taps and _WORD.search(rest):
            self.kept["words"] = f"{self.words}\n{text}".strip()[:_LIMIT]

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say what the customer should know before answering."""
        return [Reply(self.notice)] if self.notice else []

    def facts(self) -> dict[str, Json]:
        """Return what goes into the ticket."""
        dumped = {name: self.slots[name].type.dump(value) for name, value in self.values.items()}
        return dumped | {"words": self.words}

    def submit(self, office: BackOffice) -> Outcome:
        """Open the ticket and say until when somebody calls."""
        number = office.open_ticket(self.name, self.facts())
        view = next(iter(office.tickets(number)), None)
        promise = phrases.REQUEST_BY.format(when=moment(view.due_at)) if view else ""
        text = phrases.REQUEST_FILED.format(
            title=self.title,
            number=number,
            promise=promise or phrases.REQUEST_SOON,
            after=self.after,
        )
        return Outcome.say(text, *self.buttons)
