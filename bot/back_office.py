"""What a flow may ask of the branch. Flows know this Protocol; `storage/back_office.py` fulfils it.

Every method works inside the turn's transaction: what it writes is committed together with
the message and its replies, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.desks.applications import ApplicationDesk, ApplicationView
from bot.desks.call_backs import CallBackDesk
from bot.desks.claims import ClaimsDesk
from bot.desks.complaints import ComplaintDesk, ComplaintView
from bot.desks.identity import IdentityDesk
from bot.desks.policies import PolicyDesk, PolicyView
from bot.desks.policy_source import PolicySourceDesk
from bot.desks.privacy import PrivacyDesk
from bot.desks.renewal import RenewalDesk
from bot.desks.servicing import ServicingDesk
from bot.desks.surveys import SurveyDesk
from bot.desks.tickets import TicketDesk, TicketView
from bot.desks.values import Values

Level = Literal["P0", "P1", "P2", "human"]
CodeResult = Literal["sent", "too_soon", "too_many", "locked"]

__all__ = [
    "ApplicationView",
    "BackOffice",
    "ClaimView",
    "CodeResult",
    "ComplaintView",
    "HandoffView",
    "Level",
    "PolicyView",
    "ProductView",
    "SimilarClaim",
    "TicketView",
    "Values",
]


@dataclass(frozen=True)
class ClaimView:
    """A claim in words; ``paid_fen`` is set only for callers who may see money.

    ``missing`` are documents still needed, ``received`` those that came, ``lacking`` what must
    be known of the accident and was not said yet, ``photo_guide`` what to take photos of.
    """

    number: str
    line: str
    status: str
    subject: str
    reported_at: datetime
    owner: str
    next_step: str
    due_on: date | None
    missing: tuple[str, ...]
    paid_fen: int | None = None
    received: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    photo_guide: str = ""
    open: bool = True


@dataclass(frozen=True)
class SimilarClaim:
    """A claim on the same policy or plate, just before; ``here`` means in this conversation."""

    number: str
    reported_at: datetime
    status: str
    here: bool


@dataclass(frozen=True)
class ProductView:
    """A product card: the four elements, for whom it is, and where the words come from.

    ``called`` are the names customers use, ``audiences`` for whom it may be looked up, ``asks``
    the questions that lead on. It holds no price.
    """

    code: str
    name: str
    line: str
    called: tuple[str, ...]
    summary: str
    covers: str
    excludes: str
    period: str
    amount: str
    claims: str
    features: tuple[str, ...]
    suits: tuple[str, ...]
    unsuits: tuple[str, ...]
    bring: tuple[str, ...]
    audiences: tuple[str, ...]
    asks: tuple[str, ...]
    terms: str
    source: str
    reviewed_on: date
    review_due: date


@dataclass(frozen=True)
class HandoffView:
    """What happened to a request for a person.

    ``minutes`` is the expected wait, 0 where nobody can know; ``late``: it ends after closing time.
    ``fresh`` is False when one was open already; ``raised`` tells that it is new or more urgent.
    """

    fresh: bool
    raised: bool
    staffed: bool
    ahead: int
    answer_by: datetime
    minutes: int = 0
    late: bool = False


class BackOffice(
    TicketDesk,
    IdentityDesk,
    PolicyDesk,
    ServicingDesk,
    ClaimsDesk,
    ComplaintDesk,
    RenewalDesk,
    SurveyDesk,
    CallBackDesk,
    ApplicationDesk,
    PolicySourceDesk,
    PrivacyDesk,
    Protocol,
):
    """The branch as a flow sees it. All times aware, Asia/Shanghai; money in fen."""

    @property
    def now(self) -> datetime:
        """Return the moment of this turn."""
        ...

    @property
    def channel(self) -> str:
        """Return the channel this customer writes on."""
        ...

    @property
    def verified(self) -> bool:
        """Tell whether this customer proved who they are, recently enough (level V2)."""
        ...

    def fact(self, key: str) -> str:
        """Return a fact of the branch from the configuration, or ''."""
        ...

    def products(self) -> Sequence[ProductView]:
        """Return the product cards that may be shown today."""
        ...

    def open_claim(self, values: Values) -> str:
        """Record a claim and return its number; a second call in one frame is the flow's error."""
        ...

    def amend_claim(self, number: str, values: Values) -> None:
        """Change or add facts of a claim that this customer reported."""
        ...

    def attach_photos(self, number: str) -> int:
        """Hang this conversation's fresh photos on a claim; return how many hang there now."""
        ...

    def similar_claim(self, values: Values) -> SimilarClaim | None:
        """Return this customer's claim on the same policy or plate in the last 48 hours."""
        ...

    def claim_for_photos(self) -> str | None:
        """Return the claim that photos sent now belong to; None where that must be asked."""
        ...

    def lacking(self, values: Values) -> Sequence[str]:
        """Return what must be known of an accident and is not: the claim waits for it."""
        ...

    def asked_for(self, values: Values) -> Sequence[str]:
        """Return what staff will ask beside: the customer may get it ready."""
        ...

    def checklist(self, line: str, accident_type: str, *, injured: bool) -> Sequence[str]:
        """Return the documents this kind of claim needs (`domain.md` 3.4), most needed first."""
        ...

    def advice(self, line: str, accident_type: str, *, at_scene: bool = True) -> str:
        """Return what to do right now to be safe and keep the damage small, or ''."""
        ...

    def claims(self, number: str | None = None) -> Sequence[ClaimView]:
        """Return the claims this customer may see, newest first."""
        ...

    def hand_off(self, level: Level, reason: str, about: Values | None = None) -> HandoffView:
        """Ask for a person; never makes a second request while one is open.

        ``about`` tells the person what the matter is: the question, and what was answered.
        """
        ...

    @property
    def waiting(self) -> bool:
        """Tell whether this customer waits for a person."""
        ...

    def withdraw_hand_off(self) -> bool:
        """Take back the customer's own wish for a person; False when an emergency keeps it open."""
        ...

    def send_code(self, phone: str) -> CodeResult:
        """Send a one-time code; the answer does not tell whether the phone is known."""
        ...

    def check_code(self, phone: str, code: str) -> bool:
        """Compare and use up the one-time code; False when wrong, used or expired."""
        ...

    def identify(self, phone: str, proof: Values) -> bool:
        """Bind this channel identity to the customer if phone and proof fit together."""
        ...

    def locked_minutes(self) -> int:
        """Return how long verification stays locked for this customer; 0 when it is open."""
        ...

    def policies(self, reason: str) -> Sequence[PolicyView]:
        """Return the verified customer's policies and record the disclosure with ``reason``."""
        ...

    def subscribe_again(self, category: str = "") -> None:
        """Send messages of a category again, or of every one, as the customer asked."""
        ...

    def unsubscribe(self, category: str) -> None:
        """Stop messages of ``category`` (marketing, survey, renewal) at once."""
        ...

    def pending_survey(self) -> str | None:
        """Return the key of a survey that waits for this customer's answer, if any."""
        ...

    def note_question(self, kind: str, text: str, entry: str = "", score: float = 0.0) -> None:
        """Put a question into the pool that the editors of the knowledge base learn from.

        ``kind`` is unanswered, offered (several entries may be meant) or unsolved (the answer
        did not help); ``entry`` is the likeliest one, or the one that did not help.
        """
        ...
