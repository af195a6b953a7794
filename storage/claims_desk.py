"""Claims reported before, as flows ask for them: what they lack, and to hurry them on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from bot.desks import claim_facts
from bot.desks.claims import IncompleteReport, PastClaim, Urged
from storage import claims, claims_silence
from storage.claims_register import Register
from storage.models.case import CaseEvent, Claim, Ticket
from storage.rules.claim_states import machine
from storage.statuses import CLAIM_STATUSES

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice

URGED = "urged"
_A_DAY = timedelta(days=1)
_LONGEST = 500


class ClaimsDeskMixin:
    """Fulfils `bot.desks.claims.ClaimsDesk`."""

    def claim_history(self) -> Sequence[PastClaim]:
        """Return every claim of the verified customer that counts."""
        office = _office(self)
        if not office.verified:
            return ()
        found = [c for c in claims.mine(office, office.identity) if c.status not in claims.VOID]
        for claim in found:
            office.identity.log(f"claim {claim.number}", "出险记录")
        return [_past(claim) for claim in found]

    def incomplete_reports(self) -> Sequence[IncompleteReport]:
        """Return this customer's claims that wait for facts."""
        office = _office(self)
        drafts = [c for c in claims.mine(office, office.identity) if c.status == "draft"]
        return [_incomplete(claim) for claim in drafts]

    def urge_claim(self, number: str, words: str) -> Urged | None:
        """Record that the customer waits, and tell the owner; one call-back a day is promised."""
        office = _office(self)
        book = claims.register(office)
        claim = book.locked(number)
        visible = claim is not None and claim in claims.mine(office, office.identity)
        if claim is None or not visible or claim.status in machine().over:
            return None
        earlier = _urged(book, number, office.at - _A_DAY)
        ticket, answer_by = earlier or _call_back(office, number, words)
        told = {"words": words[:_LONGEST], "ticket": ticket, "answer_by": answer_by.isoformat()}
        book.note(claim, URGED, told)
        office.uow.session.flush()
        claims_silence.nudge(book, claim, book.happened(claim).count(URGED))
        book.changed(claim, "claim.urged", {"answer_by": answer_by.isoformat()})
        return Urged(number, claim.owner, ticket, answer_by, again=earlier is not None)


def _office(mixin: ClaimsDeskMixin) -> TransactionBackOffice:
    return cast("TransactionBackOffice", mixin)


def _past(claim: Claim) -> PastClaim:
    label = CLAIM_STATUSES[claim.status][0]
    subject = claim.plate or str(claim.facts.get("place") or "")
    running = claim.status not in machine().over
    return PastClaim(claim.number, claim.reported_at, subject, label, running)


def _incomplete(claim: Claim) -> IncompleteReport:
    known: dict[str, Any] = {**claim.facts, "policy_number": claim.policy_number}
    keys = claim_facts.facts().lacking_keys(claim.line, known)
    subject = claim.plate or str(claim.facts.get("place") or "")
    return IncompleteReport(claim.number, claim.line, subject, tuple(keys))


def _urged(book: Register, number: str, since: datetime) -> tuple[str, datetime] | None:
    """Return what was promised when this claim was hurried within a day."""
    query = select(CaseEvent).where(
        CaseEvent.case_number == number, CaseEvent.kind == URGED, CaseEvent.at > since
    )
    last = book.uow.session.scalar(query.order_by(CaseEvent.id.desc()).limit(1))
    if last is None:
        return None
    return str(last.data["ticket"]), datetime.fromisoformat(last.data["answer_by"])


def _call_back(office: TransactionBackOffice, number: str, words: str) -> tuple[str, datetime]:
    ticket = office.open_ticket("callback", {"about": number, "words": words[:_LONGEST]})
    office.uow.session.flush()
    due = office.uow.session.scalar(select(Ticket.due_at).where(Ticket.number == ticket))
    return ticket, due or office.at
