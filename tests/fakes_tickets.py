"""Promises in memory, for `FakeOffice`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.back_office import Values
from bot.desks.tickets import TicketView


class FakeTickets:
    """Every promise is a call-back of two hours."""

    now: datetime
    called_off: list[str]
    calls_moved: dict[str, datetime]

    def _open(self, kind: str, values: Values) -> str:
        raise NotImplementedError

    def _numbers(self, kind: str) -> list[str]:
        raise NotImplementedError

    def open_ticket(self, kind: str, values: Values) -> str:
        """Record any other promise."""
        return self._open("TK", {**values, "kind": kind})

    def can_call(self, at: datetime) -> datetime:
        """Somebody is always there."""
        return at

    def tickets(self, number: str | None = None) -> Sequence[TicketView]:
        """Return the promises made here."""
        return [self._view(n) for n in self._numbers("TK") if number in (None, n)]

    def _view(self, number: str) -> TicketView:
        due = self.now + timedelta(hours=2)
        return TicketView(
            number, "回电", "已登记", "客户服务部", "回电", self.now, due, False, False
        )

    def call_back(self) -> TicketView | None:
        """Return the newest promise that was not called off."""
        owed = [n for n in self._numbers("TK") if n not in self.called_off]
        return self._view(owed[0]) if owed else None

    def call_off(self, number: str, words: str) -> bool:
        """Take note, once."""
        if number not in self._numbers("TK") or number in self.called_off:
            return False
        self.called_off.append(number)
        return True

    def call_number(self, number: str, phone: str) -> bool:
        """Take note where it is owed."""
        return number in self._numbers("TK") and number not in self.called_off

    def move_call(self, number: str, at: datetime, words: str) -> bool:
        """Take note where it is owed."""
        self.calls_moved[number] = at
        return number in self._numbers("TK") and number not in self.called_off

    def add_to_ticket(self, number: str, words: str) -> bool:
        """Take note where there is such a promise."""
        return number in self._numbers("TK")
