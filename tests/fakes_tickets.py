"""Promises in memory, for `FakeOffice`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.back_office import Values
from bot.desks.tickets import TicketView


class FakeTickets:
    """Every promise is a call-back of two hours."""

    now: datetime

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
        due = self.now + timedelta(hours=2)
        return [
            TicketView(n, "回电", "已登记", "客户服务部", "回电", self.now, due, False, False)
            for n in self._numbers("TK")
            if number in (None, n)
        ]

    def add_to_ticket(self, number: str, words: str) -> bool:
        """Take note where there is such a promise."""
        return number in self._numbers("TK")
