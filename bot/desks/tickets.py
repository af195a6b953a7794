"""Promises as a flow makes them and the customer looks them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desks.values import Values


@dataclass(frozen=True)
class TicketView:
    """A promise as the customer may see it; ``result`` is what came of it.

    ``left`` tells what waits for the law, where the rest is done.
    """

    number: str
    title: str
    status: str
    department: str
    doing: str
    opened_at: datetime
    due_at: datetime
    late: bool
    done: bool
    result: str = ""
    left: str = ""


class TicketDesk(Protocol):
    """Opening and looking up promises."""

    def open_ticket(self, kind: str, values: Values) -> str:
        """Record any other promise (call back, lead, wish) and return its number.

        With ``call_at`` among the values, an ISO time, it is due then.
        """
        ...

    def can_call(self, at: datetime) -> datetime:
        """Return ``at`` where somebody is there to call, else the next time somebody is."""
        ...

    def tickets(self, number: str | None = None) -> Sequence[TicketView]:
        """Return the promises this customer may see, newest first."""
        ...

    def add_to_ticket(self, number: str, words: str) -> bool:
        """Add the customer's words to an open promise that they may see; False where none is."""
        ...
