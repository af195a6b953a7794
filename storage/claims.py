"""Claims as the dialogue opens, amends and shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from bot.back_office import ClaimView, SimilarClaim, Values
from bot.desks import claim_facts
from storage import policies
from storage.claims_documents import Documents
from storage.claims_register import Register
from storage.identity import Identity
from storage.models.case import Claim
from storage.models.outbox import Media
from storage.rules import claim as checklists
from storage.rules import claim_tracks
from storage.rules.claim_states import machine
from storage.statuses import CLAIM_STATUSES

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice

_OPEN_PHOTO_HOURS = 24
_BEFORE_COMPLETE = (
    "draft", "reported", "contact_due", "contacted", "survey_due", "assessing", "documents_due",
)  # fmt: skip
VOID = ("withdrawn", "cancelled")


def register(office: TransactionBackOffice) -> Register:
    """Return the register, writing in the customer's name."""
    return Register(office.uow, office.cipher, office.settings, office.at, "customer")


def open_claim(office: TransactionBackOffice, values: Values) -> str:
    """Record a claim with what is known; nothing is mandatory, since a claim is never refused."""
    book = register(office)
    claim = book.open(_said(values), office.conversation.id)
    if claim.severity != "P0":
        # The bot's answer lists the documents; in an emergency it talks of people instead.
        book.list_told(claim)
    if added := _attach_photos(office, claim.number):
        book.photos_came(claim, added)
    return claim.number


def amend_claim(
    office: TransactionBackOffice, identity: Identity, number: str, values: Values
) -> None:
    """Change facts of a claim of this customer; the old values stay in its history."""
    book = register(office)
    claim = book.locked(number)
    if claim is None or not (_here(office, claim) or claim in mine(office, identity)):
        return
    book.amend(claim, _said(values))
    if added := _attach_photos(office, number):
        book.photos_came(claim, added)


def _said(values: Values) -> Values:
    """Return what was said; a slot that is not filled takes nothing back."""
    return {key: value for key, value in values.items() if value is not None}


def attach_photos(office: TransactionBackOffice, identity: Identity, number: str) -> int:
    """Hang fresh photos on a claim that this customer may see; return how many hang there now."""
    if all(view.number != number for view in visible(office, identity, number)):
        return 0
    if added := _attach_photos(office, number):
        book = register(office)
        if claim := book.locked(number):
            book.photos_came(claim, added)
    return office.uow.cases.photos_of(number)


def claim_for_photos(office: TransactionBackOffice, identity: Identity) -> str | None:
    """Return the claim that photos sent now belong to; None where that must be asked.

    It is the only open one; else the only one that waits for documents; else the one just
    reported here.
    """
    running = [c for c in mine(office, identity) if c.status not in machine().over]
    waiting = [claim for claim in running if claim.status == "documents_due"]
    for few in (running, waiting):
        if len(few) == 1:
            return few[0].number
    since = office.at - timedelta(hours=_OPEN_PHOTO_HOURS)
    just_now = [c for c in running if c.reported_at >= since and _here(office, c)]
    return just_now[0].number if just_now else None


def _here(office: TransactionBackOffice, claim: Claim) -> bool:
    return claim.conversation_id == office.conversation.id


def similar_claim(
    office: TransactionBackOffice, identity: Identity, values: Values
) -> SimilarClaim | None:
    """Return a claim on the same policy or plate within 48 hours that this customer may see.

    One of somebody else is only a sign for staff: it is nobody's business who else reported.
    """
    since = office.at - timedelta(hours=claim_tracks.rules()["duplicate_hours"])
    for claim in mine(office, identity):
        if claim.reported_at >= since and claim.status not in VOID and _same(claim, values):
            label = CLAIM_STATUSES[claim.status][0]
            return SimilarClaim(claim.number, claim.reported_at, label, _here(office, claim))
    return None


def _same(claim: Claim, values: Values) -> bool:
    plate, policy = values.get("plate"), values.get("policy_number")
    return bool((plate and claim.plate == plate) or (policy and claim.policy_number == policy))


def _attach_photos(office: TransactionBackOffice, number: str) -> int:
    """Hang this conversation's fresh photos on the claim, unless they belong to another case."""
    done = office.uow.session.execute(
        update(Media)
        .where(
            Media.conversation_id == office.conversation.id,
            Media.case_number.is_(None),
            Media.kind == "image",
            Media.at >= office.at - timedelta(hours=_OPEN_PHOTO_HOURS),
        )
        .values(case_number=number)
        .returning(Media.id)
    )
    return len(done.all())


def mine(office: TransactionBackOffice, identity: Identity) -> list[Claim]:
    """Return claims reported here or under a phone this identity has proved, newest first."""
    found: dict[str, Claim] = {}
    plates, phones = policies.plates(office, identity), identity.proved_phones()
    for phone_blind in [None, *phones]:
        claims = office.uow.cases.claims_of(office.conversation.id, phone_blind, list(plates))
        for claim in claims:
            if _here(office, claim) or claim.phone_blind in phones or _since(claim, plates):
                found.setdefault(claim.number, claim)
    return sorted(found.values(), key=lambda claim: claim.reported_at, reverse=True)


def _since(claim: Claim, plates: Mapping[str, datetime]) -> bool:
    """A plate alone makes a claim theirs from their first policy on: before, it was another's."""
    since = plates.get(claim.plate or "")
    return since is not None and claim.reported_at >= since


def visible(
    office: TransactionBackOffice, identity: Identity, number: str | None
) -> Sequence[ClaimView]:
    """Return the claims that this customer may see, newest first, and record that they did."""
    chosen = [c for c in mine(office, identity) if number is None or c.number == number]
    for claim in chosen:
        identity.log(f"claim {claim.number}", "理赔进度查询")
    documents = Documents(office.uow.session, office.at)
    return [_view(claim, documents, money=identity.verified) for claim in chosen[:5]]


def _view(claim: Claim, documents: Documents, *, money: bool) -> ClaimView:
    label, next_step = CLAIM_STATUSES[claim.status]
    return ClaimView(
        number=claim.number,
        line=claim.line,
        status=label,
        subject=claim.plate or str(claim.facts.get("place") or ""),
        reported_at=claim.reported_at,
        owner=claim.owner,
        next_step=claim.next_step or next_step,
        due_on=claim.due_on,
        missing=tuple(_missing(claim, documents)),
        received=tuple(_received(claim, documents)),
        lacking=tuple(_lacking(claim)),
        photo_guide=checklists.photo_guide(
            claim.line, str(claim.facts.get("accident_type") or "other")
        ),
        open=claim.status not in machine().over,
        paid_fen=claim.paid_fen if money else None,
    )


def _missing(claim: Claim, documents: Documents) -> list[str]:
    """Return what is still needed of the customer; nothing once the documents were complete."""
    if claim.status not in _BEFORE_COMPLETE:
        return []
    listed = [document.name for document in documents.outstanding(claim.number)]
    return listed or [str(name) for name in claim.facts.get("missing", ())]


def _lacking(claim: Claim) -> list[str]:
    """Return what a claim to be completed waits for."""
    known = {**claim.facts, "policy_number": claim.policy_number}
    return claim_facts.facts().lacking(claim.line, known) if claim.status == "draft" else []


def _received(claim: Claim, documents: Documents) -> list[str]:
    if claim.status not in _BEFORE_COMPLETE:
        return []
    return [d.name for d in documents.of(claim.number) if d.status in ("received", "accepted")]
