"""Where policies come from: our own tables, or the core system of the company. The port is narrow.

A turn never waits for another system. A source therefore answers from what is known here; when
that is not enough, it has been asked for already and the customer gets the answer afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from bot.desks.policies import PolicyWish

ANY: Final = PolicyWish()
MOST: Final = 100


class PolicyFacts(Protocol):
    """A policy, wherever it is kept; ``details`` holds what differs by line."""

    @property
    def customer_id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def line(self) -> str: ...
    @property
    def product(self) -> str: ...
    @property
    def plate(self) -> str | None: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_on(self) -> date: ...
    @property
    def status(self) -> str: ...
    @property
    def premium_fen(self) -> int: ...
    @property
    def payment(self) -> str: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class CorePolicy:
    """A policy as the core system tells it."""

    number: str
    line: str
    product: str
    plate: str | None
    starts_at: datetime
    ends_on: date
    status: str
    premium_fen: int
    payment: str
    details: Mapping[str, Any]
    customer_id: int = 0


@dataclass(frozen=True)
class Known:
    """What is known now. ``as_of`` is None for our own tables, which are never behind."""

    policies: Sequence[PolicyFacts]
    as_of: datetime | None = None


class PolicySource(Protocol):
    """The policies of a customer whose identity is proved."""

    def fresh(self, customer_id: int) -> bool:
        """Tell whether what is known may be used without asking elsewhere first."""
        ...

    def of_customer(
        self, customer_id: int, wish: PolicyWish = ANY, most: int = MOST
    ) -> Known | None:
        """Return a customer's policies that fit; None when nothing usable is known of them."""
        ...

    def one(self, customer_id: int, number: str) -> PolicyFacts | None:
        """Return one policy of a customer, None when it is not theirs or not known now."""
        ...


@dataclass(frozen=True)
class Freshness:
    """How old what we show is; ``late`` when the core system cannot be reached."""

    as_of: datetime
    late: bool


class PolicySourceDesk(Protocol):
    """What a flow that needs policies asks of the source, before it goes on."""

    def policies_at_hand(self, *, granted: bool = False) -> bool:
        """Tell whether the policies of whom we know are there to be used now.

        Nobody known means nothing to wait for. ``granted``: those that others let them see.
        """
        ...

    def ask_for_policies(self, question: str, *, granted: bool = False) -> None:
        """Owe an enquiry, once; the flow goes on when the answer is in, or without it."""
        ...

    def policies_as_of(self, *, granted: bool = False) -> Freshness | None:
        """Return how old the policies of this customer are; None when they are our own.

        ``granted``: those that others let them see; the oldest of them counts.
        """
        ...
