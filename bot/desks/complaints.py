"""Complaints as their authors file, follow, add to, take back and accept or refuse them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.desks.values import Values

Position = Literal["accepted", "rejected"]


@dataclass(frozen=True)
class ComplaintView:
    """A complaint as its author may see it, in plain words.

    ``next_step`` says what comes, ``done`` what was done so far, ``extended`` why it takes
    longer; ``contact_by`` is when somebody calls first; ``withheld`` are people who cannot see
    it. ``decided`` tells that the author may accept, refuse or ask for a review until
    ``review_until``.
    """

    number: str
    status: str
    received_at: datetime
    owner: str
    due_on: date
    decision: str = ""
    next_step: str = ""
    done: tuple[str, ...] = ()
    extended: str = ""
    contact_by: datetime | None = None
    severity: str = "P3"
    capacity: str = "self"
    withheld: tuple[str, ...] = ()
    open: bool = True
    decided: bool = False
    withdrawn: bool = False
    review_until: date | None = None
    reachable: bool = True
    joined_to: str = ""


class ComplaintDesk(Protocol):
    """What the author of a complaint may do."""

    def open_complaint(self, values: Values) -> ComplaintView:
        """Record a complaint and return its receipt."""
        ...

    def complaints(self, number: str | None = None) -> Sequence[ComplaintView]:
        """Return the complaints this customer may see, newest first."""
        ...

    def add_to_complaint(self, number: str, words: str) -> bool:
        """Add the customer's words to a complaint that they may see; False where none is."""
        ...

    def withdraw_complaint(self, number: str) -> ComplaintView | None:
        """End it today, as its author wishes (CMP20); None where it cannot be."""
        ...

    def restore_complaint(self, number: str) -> ComplaintView | None:
        """Take up again what its author had withdrawn; None where nothing was."""
        ...

    def answer_decision(self, number: str, position: Position, words: str) -> ComplaintView | None:
        """Record what its author thinks of the decision; None where there is none."""
        ...

    def ask_for_review(self, number: str, words: str) -> ComplaintView | None:
        """Hand it to the superior body within 30 days of the decision; None when it is too late."""
        ...
