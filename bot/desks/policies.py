"""What a flow may ask about policies: those of the person who asks, and those granted to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class PolicyWish:
    """Which policies are meant; what is empty does not matter. ``granted``: of somebody else."""

    number: str = ""
    plate: str = ""
    line: str = ""
    product: str = ""
    granted: bool = False


@dataclass(frozen=True)
class CoverView:
    """One coverage as the policy prints it; ``deductible`` is '' when there is none."""

    name: str
    amount: str
    deductible: str


@dataclass(frozen=True)
class PolicyView:
    """A policy as its verified holder may see it; personal fields are masked already.

    ``days_left`` counts to the last day of cover, below zero after it. ``facts`` are further
    lines by label (waiting period, hospitals …). ``holder_of_grant`` names who let it be seen.
    """

    number: str
    product: str
    line: str
    subject: str
    holder: str
    insured: str
    starts_at: datetime
    ends_on: date
    status: str
    premium_fen: int
    payment: str
    coverages: tuple[str, ...]
    kind: str = ""
    running: bool = True
    days_left: int = 0
    covers: tuple[CoverView, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    payments: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    special: str = ""
    clause: str = ""
    holder_of_grant: str = ""


@dataclass(frozen=True)
class TermNote:
    """A word of a policy explained: what it means, in which clause, and for which products."""

    code: str
    name: str
    called: tuple[str, ...]
    text: str
    clause: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundPolicies:
    """What was found, and whether there are more than were looked at."""

    views: Sequence[PolicyView] = ()
    more: bool = False


class PolicyDesk(Protocol):
    """The look-up; every policy that is returned is recorded as shown, with the reason."""

    @property
    def granted(self) -> bool:
        """Tell whether somebody lets this identity see a policy now."""
        ...

    def use_grant(self, code: str) -> bool:
        """Take a code that a holder passed on; it works with the grantee's proved phone only."""
        ...

    def find_policies(self, wish: PolicyWish, reason: str) -> FoundPolicies:
        """Return the policies that are meant, the one that ends last first; whole for one."""
        ...

    def term_notes(self) -> Sequence[TermNote]:
        """Return the words of policies that we explain."""
        ...
