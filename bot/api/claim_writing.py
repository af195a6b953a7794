"""Claims as a clerk opens and amends them; the rules are those of `storage.claims`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import StrictBool
from sqlalchemy import select

from bot.api import history
from bot.api.desk import Desk
from bot.api.fields import (
    AccidentType,
    Body,
    ClaimLine,
    Code,
    Line,
    Moment,
    Phone,
    Plate,
    Relation,
    RowId,
    Story,
    Word,
)
from bot.api.problems import invalid, missing
from storage.models.case import Claim
from storage.unit_of_work import UnitOfWork

_UNOWNED = "理赔客服组"
_CLOCKS_DIFFER = timedelta(minutes=5)
# These are columns of the claim, not facts of the accident.
_COLUMNS = {"conversation", "policy_number"}


class ClaimFacts(Body):
    """What may be said of an accident; null takes a fact back."""

    line: ClaimLine = "auto"
    happened_at: Moment | None = None
    place: Line | None = None
    plate: Plate | None = None
    other_plate: Plate | None = None
    injured: StrictBool | None = None
    drivable: StrictBool | None = None
    police_reported: StrictBool | None = None
    phone: Phone | None = None
    accident_type: AccidentType | None = None
    reporter_relation: Relation | None = None
    story: Story | None = None
    reporter: Word | None = None
    policy_number: Code | None = None

    def facts(self) -> dict[str, Any]:
        """Return what was sent, as it is stored."""
        sent = self.model_dump(exclude_unset=True, exclude=_COLUMNS)
        return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in sent.items()}


class ClaimIn(ClaimFacts):
    """A claim reported to a clerk; nothing is mandatory, since a claim is never refused."""

    conversation: RowId | None = None


def open_claim(uow: UnitOfWork, desk: Desk, said: ClaimIn) -> Claim:
    """Record a claim with what is known."""
    _check(desk, said)
    history.check_conversation(uow, said.conversation)
    deadlines = desk.parts.settings.deadlines
    minutes = (
        deadlines.injury_contact_minutes if said.injured else deadlines.claim_first_contact_minutes
    )
    claim = Claim(
        number=uow.cases.number("CL", desk.now),
        conversation_id=said.conversation,
        line=said.line,
        severity="normal",
        status="contact_due",
        owner=_UNOWNED,
        next_step=f"理赔人员在 {minutes} 分钟内与您联系",
        due_on=(desk.now + timedelta(minutes=minutes)).date(),
        facts={},
        reported_at=desk.now,
        updated_at=desk.now,
    )
    _apply(desk, claim, said)
    uow.cases.add(claim)
    history.add(uow, desk, claim.number, "reported", dict(claim.facts))
    return claim


def amend_claim(uow: UnitOfWork, desk: Desk, number: str, said: ClaimFacts) -> Claim:
    """Change facts; the old values stay in the history."""
    _check(desk, said)
    claim = locked(uow, number)
    before = _known(claim)
    _apply(desk, claim, said)
    now = _known(claim)
    changed = [key for key in {**before, **now} if before.get(key) != now.get(key)]
    if changed:
        claim.updated_at = desk.now
        data = {"before": _only(before, changed), "after": _only(now, changed)}
        history.add(uow, desk, number, "amended", data)
        uow.session.flush()
    return claim


def locked(uow: UnitOfWork, number: str) -> Claim:
    """Return a claim that nobody else changes until the end of the transaction."""
    claim = uow.session.scalar(select(Claim).where(Claim.number == number).with_for_update())
    if claim is None:
        raise missing(f"报案 {number}")
    return claim


def _check(desk: Desk, said: ClaimFacts) -> None:
    if said.happened_at and said.happened_at > desk.now + _CLOCKS_DIFFER:
        raise invalid("body.happened_at", "出险时间不能晚于现在")


def _apply(desk: Desk, claim: Claim, said: ClaimFacts) -> None:
    merged = {**claim.facts, **said.facts()}
    claim.facts = {key: value for key, value in merged.items() if value is not None}
    claim.line = str(claim.facts.get("line") or claim.line)
    claim.plate = claim.facts.get("plate")
    if claim.facts.get("injured"):
        claim.severity = "P0"
    phone = claim.facts.get("phone")
    claim.phone_blind = desk.parts.cipher.blind(str(phone)) if phone else None
    if "policy_number" in said.model_fields_set:
        claim.policy_number = said.policy_number


def _known(claim: Claim) -> dict[str, Any]:
    return {**claim.facts, "policy_number": claim.policy_number}


def _only(values: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    return {key: values.get(key) for key in keys}
