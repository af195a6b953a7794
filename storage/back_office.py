"""The branch as flows see it: fulfils `bot.back_office.BackOffice` inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.back_office import (
    ClaimView,
    CodeResult,
    HandoffView,
    Level,
    PolicyView,
    ProductView,
    SimilarClaim,
    Values,
)
from bot.clockwork.desk_hours import DeskHours
from bot.desks import claim_facts
from bot.settings import Settings
from storage import claims, handoffs, policies, surveys
from storage.applications_desk import ApplicationsDesk
from storage.call_backs_desk import CallBacksOfTurn
from storage.claims_desk import ClaimsDeskMixin
from storage.complaints import ComplaintsOfTurn
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.identity import Identity
from storage.identity_desk import IdentityDeskPart
from storage.policy_desk import PolicyDeskPart
from storage.policy_source_desk import PolicySourcePart
from storage.privacy_desk import PrivacyPart
from storage.renewal_desk import RenewalDeskPart
from storage.rules import claim as claim_rules
from storage.servicing_desk import ServicingOfTurn
from storage.survey_desk import SurveyDeskMixin
from storage.tickets_desk import TicketsOfTurn
from storage.unit_of_work import UnitOfWork

_LONGEST = 500


@dataclass
class TransactionBackOffice(
    TicketsOfTurn,
    CallBacksOfTurn,
    IdentityDeskPart,
    PolicyDeskPart,
    ServicingOfTurn,
    ClaimsDeskMixin,
    PolicySourcePart,
    PrivacyPart,
    ComplaintsOfTurn,
    RenewalDeskPart,
    SurveyDeskMixin,
    ApplicationsDesk,
):
    """One customer's view of the branch during one turn."""

    uow: UnitOfWork
    conversation: OpenConversation
    channel: str
    settings: Settings
    cipher: Cipher
    at: datetime
    recent: tuple[str, ...] = ()
    cards: Sequence[ProductView] = ()
    release: int = 0

    @property
    def now(self) -> datetime:
        """Return the moment of this turn."""
        return self.at

    @cached_property
    def identity(self) -> Identity:
        rules = self.settings.identity
        return Identity(self.uow, self.conversation, self.cipher, rules, self.at, self.channel)

    @cached_property
    def hours(self) -> DeskHours:
        """Return the desk's opening hours."""
        return DeskHours(self.settings.desk.opens, self.settings.desk.closes)

    @property
    def verified(self) -> bool:
        """Tell whether this customer is verified at level V2 now."""
        return self.identity.verified

    def fact(self, key: str) -> str:
        """Return a fact of the branch from the configuration, or ''."""
        return self.settings.facts.get(key, "")

    def products(self) -> Sequence[ProductView]:
        """Return the cards whose review is not overdue."""
        return [card for card in self.cards if card.review_due >= self.at.date()]

    def open_claim(self, values: Values) -> str:
        """Record a claim and return its number."""
        return claims.open_claim(self, values)

    def amend_claim(self, number: str, values: Values) -> None:
        """Change or add facts of a claim that this customer reported."""
        claims.amend_claim(self, self.identity, number, values)

    def attach_photos(self, number: str) -> int:
        """Hang this conversation's fresh photos on a claim that this customer may see."""
        return claims.attach_photos(self, self.identity, number)

    def claim_for_photos(self) -> str | None:
        """Return the claim that photos sent now belong to; None where that must be asked."""
        return claims.claim_for_photos(self, self.identity)

    def similar_claim(self, values: Values) -> SimilarClaim | None:
        """Return this customer's claim on the same policy or plate in the last 48 hours."""
        return claims.similar_claim(self, self.identity, values)

    def lacking(self, values: Values) -> Sequence[str]:
        """Return what must be known of an accident and is not."""
        return claim_facts.facts().lacking(str(values.get("line") or "auto"), values)

    def asked_for(self, values: Values) -> Sequence[str]:
        """Return what staff will ask beside."""
        return claim_facts.facts().asked_for(str(values.get("line") or "auto"), values)

    def checklist(self, line: str, accident_type: str, *, injured: bool) -> Sequence[str]:
        """Return the documents this kind of claim needs."""
        return claim_rules.checklist(line, accident_type, injured=injured)

    def advice(self, line: str, accident_type: str, *, at_scene: bool = True) -> str:
        """Return what to do right now, or ''."""
        return claim_rules.advice(line, accident_type, at_scene=at_scene)

    def proved_phones(self) -> list[str]:
        """Return the blind indexes of phones that this customer has proved."""
        return self.identity.proved_phones()

    def log_seen(self, what: str, why: str) -> None:
        """Write down that this customer was shown something."""
        self.identity.log(what, why)

    def claims(self, number: str | None = None) -> Sequence[ClaimView]:
        """Return the claims this customer may see."""
        return claims.visible(self, self.identity, number)

    def hand_off(self, level: Level, reason: str, about: Values | None = None) -> HandoffView:
        """Ask for a person, once."""
        return handoffs.hand_off(self, level, reason, about)

    def alarm(self, reason: str) -> bool:
        """Call the desk: somebody is in danger and an agent has the floor."""
        return handoffs.alarm(self, reason)

    @property
    def waiting(self) -> bool:
        """Tell whether this customer waits for a person."""
        return self.conversation.owner == "queue"

    def withdraw_hand_off(self) -> bool:
        """Take back the customer's own wish for a person."""
        return handoffs.withdraw(self)

    def send_code(self, phone: str) -> CodeResult:
        """Send a one-time code."""
        return self.identity.send_code(phone)

    def check_code(self, phone: str, code: str) -> bool:
        """Compare and use up the one-time code."""
        return self.identity.check_code(phone, code)

    def identify(self, phone: str, proof: Values) -> bool:
        """Bind this channel identity to the customer if phone and proof fit together."""
        return self.identity.identify(phone, proof)

    def locked_minutes(self) -> int:
        """Return how long verification stays locked; 0 when it is open."""
        return self.identity.locked_minutes()

    def policies(self, reason: str) -> Sequence[PolicyView]:
        """Return the verified customer's policies and record the disclosure."""
        return policies.disclose(self, self.identity, reason)

    def subscribe_again(self, category: str = "") -> None:
        """Send messages of a category again, or of every one."""
        self.uow.customers.opt_in(self.conversation.id, category)

    def unsubscribe(self, category: str) -> None:
        """Stop messages of ``category`` at once; to opt out is to take a consent back."""
        self.uow.customers.opt_out(self.conversation.id, category, self.at)
        if category == "marketing" and self.consented(category):
            self.withdraw_consent(category)

    def pending_survey(self) -> str | None:
        """Return the key of a survey that waits for this customer's answer."""
        return surveys.pending(self)

    def note_question(self, kind: str, text: str, entry: str = "", score: float = 0.0) -> None:
        """Put a question into the pool that the editors of the knowledge base learn from."""
        trace = {"entry": entry, "score": score, "release": self.release}
        if kind == "unsolved":
            self.mark_solved(solved=False)
        self.uow.misses.note(self.conversation.id, kind, text[:_LONGEST], trace, self.at)

    def note(self, number: str, kind: str, data: dict[str, Any]) -> None:
        """Append to the history of a case."""
        self.uow.cases.note(number, self.at, "customer", kind, data)
