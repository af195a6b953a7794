"""Who is asking, as flows see it: fulfils `bot.desks.identity.IdentityDesk`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from bot.desks.identity import Assurance
from bot.desks.values import Values
from storage.identity import Identity


class IdentityDeskPart:
    """The part of `TransactionBackOffice` that knows the person behind the channel identity."""

    if TYPE_CHECKING:

        @cached_property
        def identity(self) -> Identity:
            """Return the proofs of this channel identity."""

        def open_ticket(self, kind: str, values: Values) -> str:
            """Record a promise and return its number."""

    @property
    def level(self) -> Assurance:
        """Return how surely we know who is asking, now."""
        return self.identity.level

    @property
    def known_login(self) -> bool:
        """Tell whether this identity is bound and its channel vouches for it."""
        return self.identity.known_login

    def ask_staff_to_check(self, about: str) -> str:
        """Ask a colleague to see the person (V3)."""
        return self.open_ticket("identity_check", {"about": about})
