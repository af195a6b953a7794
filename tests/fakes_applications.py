"""A branch in memory that takes applications; `FakeOffice` inherits it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.desks.applications import ApplicationView
from bot.desks.values import Values


@dataclass
class FakeApplications:
    """Takes note of everything; ``filed`` are the views that a test puts there."""

    now: datetime
    quoting: bool = False
    filed: list[ApplicationView] = field(default_factory=list)
    applied: list[tuple[str, Values, Values]] = field(default_factory=list)
    acted: list[tuple[str, str, Values]] = field(default_factory=list)
    steps: list[tuple[str, str, str]] = field(default_factory=list)

    def open_application(self, values: Values, told: Values) -> str:
        """Record an application."""
        number = f"AP20261123{len(self.applied) + 1:06d}"
        self.applied.append((number, dict(values), dict(told)))
        return number

    def applications(self, number: str | None = None) -> Sequence[ApplicationView]:
        """Return what the test put there."""
        return [view for view in self.filed if number in (None, view.number)]

    def _act(self, what: str, number: str, **said: object) -> bool:
        self.acted.append((what, number, said))
        return any(view.number == number for view in self.filed)

    def mend_application(self, number: str, values: Values, words: str) -> bool:
        """Take note."""
        return self._act("mend", number, values=dict(values), words=words)

    def confirm_application(self, number: str, told: Values) -> bool:
        """Take note."""
        return self._act("confirm", number, told=dict(told))

    def change_application(self, number: str, words: str) -> bool:
        """Take note."""
        return self._act("change", number, words=words)

    def withdraw_application(self, number: str, words: str) -> bool:
        """Take note."""
        return self._act("withdraw", number, words=words)

    def form_step(self, flow: str, run: str, step: str, seconds: int) -> None:
        """Take note."""
        self.steps.append((flow, run, step))
