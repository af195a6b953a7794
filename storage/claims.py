"""Claims as the dialogue opens, amends and shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from bot.back_office import ClaimView, Values
from storage.identity import Identity
from storage.models.case import Claim
from storage.models.outbox import Media
from storage.statuses import CLAIM_STATUSES

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice

_OPEN_PHOTO_HOURS = 24
_UNOWNED = "理赔客服组"
_NO_FACTS = ("photos", "urgent")


def open_claim(office: TransactionBackOffice, values: Values) -> str:
    """Record a claim with what is known; nothing is mandatory, since a claim is never refused."""
    number = office.uow.cases.number("CL", office.at)
    deadlines = office.settings.deadlines
    urgent = bool(values.get("injured") or values.get("urgent"))
    minutes = deadlines.injury_contact_minutes if urgent else deadlines.claim_first_contact_minutes
    claim = Claim(
        number=number,
        conversation_id=office.conversation.id,
        line=str(values.get("line") or "auto"),
        severity="P0" if urgent else "normal",
        status="contact_due",
        owner=_UNOWNED,
        next_step=f"理赔人员在 {minutes} 分钟内与您联系",
        due_on=(office.at + timedelta(minutes=minutes)).date(),
        facts={},
        reported_at=office.at,
        updated_at=office.at,
    )
    _apply(office, claim, values)
    office.uow.cases.add(claim)
    _attach_photos(office, number)
    office.note(number, "reported", dict(claim.facts))
    return number


def amend_claim(office: TransactionBackOffice, number: str, values: Values) -> None:
    """Change facts of a claim reported in this conversation; the old values stay in its history."""
    claim = office.uow.cases.claim(number)
    if claim is None or claim.conversation_id != office.conversation.id:
        return
    before = dict(claim.facts)
    _apply(office, claim, values)
    changed = {k: v for k, v in claim.facts.items() if before.get(k) != v}
    if changed:
        claim.updated_at = office.at
        office.note(number, "amended", {"before": _only(before, changed), "after": changed})
    _attach_photos(office, number)


def _apply(office: TransactionBackOffice, claim: Claim, values: Values) -> None:
    stored = {k: _plain(v) for k, v in values.items() if k not in _NO_FACTS and v is not None}
    claim.facts = {**claim.facts, **stored}
    claim.line = str(claim.facts.get("line") or claim.line)
    claim.plate = claim.facts.get("plate")
    if claim.facts.get("injured") or values.get("urgent"):
        claim.severity = "P0"
    if phone := claim.facts.get("phone"):
        claim.phone_blind = office.cipher.blind(str(phone))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _only(values: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if k in keys}


def attach_photos(office: TransactionBackOffice, identity: Identity, number: str) -> int:
    """Hang fresh photos on a claim that this customer may see; return how many hang there now."""
    if all(view.number != number for view in visible(office, identity, number)):
        return 0
    before = office.uow.cases.photos_of(number)
    _attach_photos(office, number)
    after = office.uow.cases.photos_of(number)
    if after > before:
        office.note(number, "photos", {"added": after - before})
    return after


def fresh_claim(office: TransactionBackOffice) -> str | None:
    """Return the newest claim of this conversation while its photos may still come."""
    since = office.at - timedelta(hours=_OPEN_PHOTO_HOURS)
    mine = office.uow.cases.claims_of(office.conversation.id, None, (), limit=1)
    return mine[0].number if mine and mine[0].reported_at >= since else None


def _attach_photos(office: TransactionBackOffice, number: str) -> None:
    """Hang this conversation's fresh photos on the claim, unless they belong to another case."""
    office.uow.session.execute(
        update(Media)
        .where(
            Media.conversation_id == office.conversation.id,
            Media.case_number.is_(None),
            Media.kind == "image",
            Media.at >= office.at - timedelta(hours=_OPEN_PHOTO_HOURS),
        )
        .values(case_number=number)
    )


def visible(
    office: TransactionBackOffice, identity: Identity, number: str | None
) -> Sequence[ClaimView]:
    """Return claims reported here or under a phone this identity has proved, newest first."""
    cases = office.uow.cases
    found: dict[str, Claim] = {}
    for phone_blind in [None, *identity.proved_phones()]:
        for claim in cases.claims_of(office.conversation.id, phone_blind, identity.plates()):
            found.setdefault(claim.number, claim)
    chosen = [c for c in found.values() if number is None or c.number == number]
    newest = sorted(chosen, key=lambda claim: claim.reported_at, reverse=True)
    for claim in newest:
        identity.log(f"claim {claim.number}", "理赔进度查询")
    return [_view(claim, money=identity.verified) for claim in newest[:5]]


def _view(claim: Claim, *, money: bool) -> ClaimView:
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
        missing=tuple(claim.facts.get("missing", ())),
        paid_fen=claim.paid_fen if money else None,
    )
