"""A promised call as its customer changes it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.desks.tickets import TicketView


class CallBackDesk(Protocol):
    """Changing a call that is still to be made; each in the turn's transaction."""

    def call_back(self) -> TicketView | None:
        """Return the call of this conversation that was promised last and is still owed."""
        ...

    def call_off(self, number: str, words: str) -> bool:
        """Close the promise because the customer wants no call; False where none is owed."""
        ...

    def call_number(self, number: str, phone: str) -> bool:
        """Have the call made to this telephone; False where none is owed."""
        ...

    def move_call(self, number: str, at: datetime, words: str) -> bool:
        """Promise the call at another time; False where none is owed."""
        ...
