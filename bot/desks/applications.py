"""What a flow may ask of the people who take applications: sales and underwriting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desks.values import Values


@dataclass(frozen=True)
class ReturnedItem:
    """Something to mend: the field of the form ('' for anything else), its name, what is wrong."""

    field: str
    label: str
    problem: str


@dataclass(frozen=True)
class ApplicationView:
    """An application as its author may see it.

    ``lines`` is what it holds, ``changed`` what staff have changed since it was handed in;
    ``alternatives`` are what may be done instead, ``payments`` and ``delivery`` plain sentences.
    """

    number: str
    kind: str
    status: str
    label: str
    told: str
    opened_at: datetime
    owner: str
    due_at: datetime | None
    open: bool
    lines: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    items: tuple[ReturnedItem, ...] = ()
    reason: str = ""
    conditions: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    delivery: str = ""
    here: bool = True


class ApplicationDesk(Protocol):
    """Everything works inside the turn's transaction; False means that it cannot be done now."""

    @property
    def quoting(self) -> bool:
        """Tell whether this platform may take requests for a personal price."""
        ...

    def open_application(self, values: Values, told: Values) -> str:
        """Record an application and return its number.

        ``told`` is what the customer was shown and has confirmed, with versions and times.
        """
        ...

    def applications(self, number: str | None = None) -> Sequence[ApplicationView]:
        """Return the applications this customer may see, newest first."""
        ...

    def mend_application(self, number: str, values: Values, words: str) -> bool:
        """Hand in what was returned, and put it back into the line."""
        ...

    def confirm_application(self, number: str, told: Values) -> bool:
        """Record that the customer has checked everything and wants the contract."""
        ...

    def change_application(self, number: str, words: str) -> bool:
        """Ask for something else: the application goes back to sales."""
        ...

    def withdraw_application(self, number: str, words: str) -> bool:
        """Take the application back."""
        ...

    def form_step(self, flow: str, run: str, step: str, seconds: int) -> None:
        """Note that a step of a form was got past, once per ``run``."""
        ...
