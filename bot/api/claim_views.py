"""Claims as the API shows them: the contract's slot keys at top level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.api.history import EventView
from bot.api.masking import mask_name, mask_phone
from bot.desks.claim_facts import facts as fact_table
from storage.claims_clocks import ClockView as Clock
from storage.models.case import Claim
from storage.models.claim import ClaimDocument
from storage.models.outbox import Media
from storage.statuses import CLAIM_STATUSES

_TEXTS = (
    "happened_at", "place", "plate", "other_plate", "phone", "accident_type",
    "reporter_relation", "story", "reporter", "damage",
)  # fmt: skip
_FLAGS = ("injured", "drivable", "police_reported")
# Free text may name anybody, so it cannot be masked, only left out.
_HIDDEN = ("story", "place", "damage")
_TYPES: dict[str, type] = dict.fromkeys(_TEXTS, str) | dict.fromkeys(_FLAGS, bool)


class ClaimView(BaseModel):
    """A claim. A slot is present only when it was said; null means said but unusable."""

    number: str
    line: str
    status: str
    status_label: str
    severity: str
    track: str | None
    owner: str
    next_step: str
    due_on: date | None
    due_at: datetime | None
    reported_at: datetime
    updated_at: datetime
    photos: int
    policy_number: str | None
    external_ref: str | None
    conversation: int | None
    masked: bool
    happened_at: str | None = None
    place: str | None = None
    plate: str | None = None
    other_plate: str | None = None
    injured: bool | None = None
    drivable: bool | None = None
    police_reported: bool | None = None
    phone: str | None = None
    accident_type: str | None = None
    reporter_relation: str | None = None
    story: str | None = None
    reporter: str | None = None
    damage: str | None = None


class DocumentView(BaseModel):
    """A document that the claim needs or has."""

    name: str
    required: bool
    status: str
    reason: str
    asked_at: datetime | None
    received_at: datetime | None


class ClockView(BaseModel):
    """A deadline: whose, how far, until when and why."""

    code: str
    label: str
    side: str
    state: str
    state_label: str
    due_at: datetime | None
    warnings: list[datetime]
    reason: str


class SignalView(BaseModel):
    """Signs that a person should look twice; for staff only, no ground for a refusal."""

    score: int
    hits: list[dict[str, Any]]


class ClaimDetail(ClaimView):
    """A claim with all that belongs to it; money and details only for callers who see all."""

    history: list[EventView]
    documents: list[DocumentView]
    clocks: list[ClockView]
    lacking: list[str]
    asked_for: list[str]
    next: list[str]
    details: dict[str, Any] | None = None
    decision: dict[str, Any] | None = None
    paid_fen: int | None = None
    signals: SignalView | None = None


def claim_view(claim: Claim, photos: int, *, full: bool) -> ClaimView:
    """Return a claim for a caller who may see personal data in full, or not."""
    return ClaimView.model_validate(values(claim, photos, full=full))


def values(claim: Claim, photos: int, *, full: bool) -> dict[str, Any]:
    """Return the fields of a claim; those that nobody filled are absent."""
    label, step = CLAIM_STATUSES.get(claim.status, (claim.status, ""))
    facts = said(claim.facts)
    return {
        **(facts if full else _masked(facts)),
        "number": claim.number,
        "line": claim.line,
        "status": claim.status,
        "status_label": label,
        "severity": claim.severity,
        "track": claim.track,
        "owner": claim.owner,
        "next_step": claim.next_step or step,
        "due_on": claim.due_on,
        "due_at": claim.due_at,
        "reported_at": claim.reported_at,
        "updated_at": claim.updated_at,
        "photos": photos,
        "policy_number": claim.policy_number,
        "external_ref": claim.external_ref,
        "conversation": claim.conversation_id,
        "masked": not full,
    }


def for_full_eyes(claim: Claim) -> dict[str, Any]:
    """Return what only callers with full sight get; absent where there is none."""
    details = {
        key: value
        for key, value in claim.facts.items()
        if key in fact_table().fields and key not in _TYPES
    }
    parts = {"details": details, "decision": claim.decision, "paid_fen": claim.paid_fen}
    return {key: value for key, value in parts.items() if value}


def document_view(document: ClaimDocument) -> DocumentView:
    """Return a document."""
    return DocumentView(
        name=document.name,
        required=document.required,
        status=document.status,
        reason=document.reason,
        asked_at=document.asked_at,
        received_at=document.received_at,
    )


def clock_view(clock: Clock) -> ClockView:
    """Return a clock."""
    return ClockView(
        code=clock.code,
        label=clock.label,
        side=clock.side,
        state=clock.state,
        state_label=clock.state_label,
        due_at=clock.due_at,
        warnings=list(clock.warnings),
        reason=clock.reason,
    )


def said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the slots among the facts, as far as they have the type of their slot."""
    return {
        key: facts[key]
        for key, kind in _TYPES.items()
        if key in facts and (facts[key] is None or isinstance(facts[key], kind))
    }


def _masked(facts: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in facts.items() if key not in _HIDDEN}
    for key, mask in (("phone", mask_phone), ("reporter", mask_name)):
        if kept.get(key):
            kept[key] = mask(kept[key])
    return kept


def photo_counts(session: Session, numbers: Sequence[str]) -> dict[str, int]:
    """Return how many photos hang on each of these cases."""
    query = (
        select(Media.case_number, func.count())
        .where(Media.case_number.in_(numbers), Media.kind == "image")
        .group_by(Media.case_number)
    )
    return {str(number): int(count) for number, count in session.execute(query)}
