"""Complaints in memory, for `FakeOffice`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.back_office import ComplaintView, Values
from bot.desks.complaints import Position


class FakeComplaints:
    """Every complaint is received and due in 15 days."""

    now: datetime

    def _open(self, kind: str, values: Values) -> str:
        raise NotImplementedError

    def _numbers(self, kind: str) -> list[str]:
        raise NotImplementedError

    def open_complaint(self, values: Values) -> ComplaintView:
        """Record a complaint."""
        return self._complaint(self._open("CP", values))

    def _complaint(self, number: str) -> ComplaintView:
        due = (self.now + timedelta(days=15)).date()
        return ComplaintView(number, "已受理", self.now, "投诉岗", due)

    def complaints(self, number: str | None = None) -> Sequence[ComplaintView]:
        """Return the complaints opened here."""
        views = map(self._complaint, self._numbers("CP"))
        return [view for view in views if number in (None, view.number)]

    def add_to_complaint(self, number: str, words: str) -> bool:
        """Take note where there is such a complaint."""
        return number in self._numbers("CP")

    def withdraw_complaint(self, number: str) -> ComplaintView | None:
        """End it."""
        return self._complaint(number)

    def restore_complaint(self, number: str) -> ComplaintView | None:
        """Take it up again."""
        return self._complaint(number)

    def answer_decision(self, number: str, position: Position, words: str) -> ComplaintView | None:
        """There is no decision."""
        return None

    def ask_for_review(self, number: str, words: str) -> ComplaintView | None:
        """There is no decision."""
        return None
