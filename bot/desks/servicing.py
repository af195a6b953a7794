"""Services on a policy as flows ask for them: changes, paper copies, invoices, the e-policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.desks.values import Values

Family = Literal["endorsement", "paper", "invoice"]


@dataclass(frozen=True)
class ServiceView:
    """A request as the customer may see it; ``fresh`` tells that it was opened just now.

    ``missing`` are required documents that have not come, ``reason`` why it was returned or
    refused, ``track`` what a parcel or document is followed by.
    """

    number: str
    family: str
    kind: str
    title: str
    policy: str
    status: str
    says: str
    opened_at: datetime
    due_on: date
    over: bool
    missing: tuple[str, ...] = ()
    reason: str = ""
    track: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class PaperLink:
    """A link to one policy's document, how long it lives, and a picture that stands for it."""

    policy: str
    url: str
    minutes: int
    picture: str = ""


@dataclass(frozen=True)
class PaperCheck:
    """What we confirm to whoever holds a document with the right code."""

    product: str
    status: str
    starts_at: datetime
    ends_on: date


class ServicingDesk(Protocol):
    """What flows may ask of those who look after policies."""

    def request_service(
        self, family: Family, kind: str, policy_number: str, values: Values
    ) -> ServiceView | None:
        """Record a request on a policy of the verified customer; the open one if there is one.

        None when nobody is verified or the policy is not theirs.
        """
        ...

    def services(self, number: str | None = None) -> Sequence[ServiceView]:
        """Return the requests this customer may see, newest first."""
        ...

    def withdraw_service(self, number: str) -> ServiceView | None:
        """Take a request back; None where none can be taken back."""
        ...

    def attach_service_photos(self, number: str) -> int:
        """Hang this conversation's fresh photos on a request; return how many hang there now."""
        ...

    def service_for_photos(self) -> str | None:
        """Return the only request here that waits for documents; None where that is unclear."""
        ...

    def paper_links(self, policy_numbers: Sequence[str]) -> Sequence[PaperLink]:
        """Return fresh links to the documents of the verified customer's policies."""
        ...

    def check_paper(self, policy_number: str, code: str) -> PaperCheck | None:
        """Confirm a document by its printed code; None whatever does not fit."""
        ...
