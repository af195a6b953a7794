"""Who is asking, and what they may see: the ladder of `domain.md` 5.7.

V0 nobody in particular; V1 a phone proved by a code, or a bound channel identity that logged in;
V2 phone and document fit one customer; V3 a colleague has seen the person, too.
"""

from __future__ import annotations

from typing import Literal, Protocol

Assurance = Literal["V0", "V1", "V2", "V3"]


class IdentityDesk(Protocol):
    """What flows may ask about the person behind the channel identity."""

    @property
    def level(self) -> Assurance:
        """Return how surely we know who is asking, now; levels compare as texts."""
        ...

    @property
    def known_login(self) -> bool:
        """Tell whether this identity is bound and its channel vouches for it: no code is needed."""
        ...

    def ask_staff_to_check(self, about: str) -> str:
        """Ask a colleague to see the person (V3) for the flow ``about``; return the number."""
        ...
