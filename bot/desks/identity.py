"""Who is asking, and what they may see: the ladder of `domain.md` 5.7.

V0 nobody in particular; V1 a phone proved by a code, or a bound channel identity that logged in;
V2 phone and document fit one customer; V3 a colleague has seen the person, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from bot.desks.values import Values

Assurance = Literal["V0", "V1", "V2", "V3"]


@dataclass(frozen=True)
class ConsentText:
    """What somebody agrees to; another ``version`` for every change of a word."""

    code: str
    version: str
    title: str
    separate: bool
    text: str
    withdraw: str
    on_withdraw: str = ""


@dataclass(frozen=True)
class GrantView:
    """What the holder let somebody see; the name and phone are masked."""

    number: str
    name: str
    phone: str
    relation: str
    plate: str
    expires_on: date
    code: str = ""


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

    def unbind(self, why: str) -> bool:
        """End the binding and its proofs at once; False when nothing was bound."""
        ...

    def consent_text(self, code: str) -> ConsentText:
        """Return the text that is agreed to today."""
        ...

    def consented(self, code: str) -> bool:
        """Tell whether this customer has agreed to today's version and not taken it back."""
        ...

    def give_consent(self, code: str, how: str) -> None:
        """Record that the customer agreed; said twice it is recorded once."""
        ...

    def withdraw_consent(self, code: str) -> None:
        """Record that the customer takes it back, and do at once what follows from that."""
        ...

    def consents(self) -> Sequence[ConsentText]:
        """Return what this customer has agreed to and not taken back."""
        ...

    def grant_access(self, values: Values) -> GrantView:
        """Let somebody else see policies of the verified holder; the view holds the code, once."""
        ...

    def grants(self) -> Sequence[GrantView]:
        """Return what the verified holder lets others see now."""
        ...

    def revoke_grants(self, number: str | None = None) -> int:
        """End the verified holder's grants, or one of them; return how many ended."""
        ...
