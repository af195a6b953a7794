"""Failed proofs: they lock a channel identity, a phone and a person, whoever tries and wherever.

Everything is counted from rows, so that a restart forgives nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from bot.settings import Identity as Rules
from storage.customers import Customers


@dataclass
class Lockout:
    """The failures that count now, for one channel identity."""

    customers: Customers
    conversation_id: int
    rules: Rules
    now: datetime

    @cached_property
    def _since(self) -> datetime:
        return self.now - timedelta(minutes=self.rules.lock_minutes)

    def minutes(self) -> int:
        """Return for how many more minutes this identity is locked; 0 when it is open."""
        failures = self.customers.failures_since(self.conversation_id, self._since)
        if len(failures) < self.rules.failures_before_lock:
            return 0
        opens = failures[-1] + timedelta(minutes=self.rules.lock_minutes)
        return max(1, -int((self.now - opens).total_seconds() // 60))

    def stands_against(self, phone_blind: str) -> bool:
        """Tell whether a phone, or the person it belongs to, is locked for everybody.

        Otherwise guessing would go on in a new session or with the person's other phone.
        """
        failures = self.customers.person_failures_since(phone_blind, self._since)
        return failures >= self.rules.failures_before_lock

    def note(self, phone_blind: str) -> None:
        """Count one more failure."""
        self.customers.add_failure(self.conversation_id, phone_blind, self.now)
