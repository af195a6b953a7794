"""Claims as a clerk or another system opens and amends them; `storage.claims_register` decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, StrictBool, field_validator
from sqlalchemy import select

from bot.api import history
from bot.api.claim_details import check_details
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
from bot.api.problems import Problem, invalid, missing
from storage.claims_register import Register
from storage.models.case import Claim
from storage.unit_of_work import UnitOfWork

_CLOCKS_DIFFER = timedelta(minutes=5)
# These are columns of the claim, not facts of the accident.
_COLUMNS = {"conversation", "external_ref", "details", "owner"}


class ClaimFacts(Body):
    """What may be said of an accident; null takes a fact back.

    ``details`` are the further facts of the line (docs/integration.md).
    """

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
    damage: Story | None = None
    reporter: Word | None = None
    policy_number: Code | None = None
    details: Annotated[dict[str, Any], Field(default_factory=dict)]

    @field_validator("details")
    @classmethod
    def _known_details(cls, value: dict[str, Any]) -> dict[str, Any]:
        return check_details(value)

    def facts(self) -> dict[str, Any]:
        """Return what was sent, as it is stored."""
        sent = self.model_dump(exclude_unset=True, exclude=_COLUMNS)
        plain = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in sent.items()}
        return {**plain, **self.details}


class ClaimPatch(ClaimFacts):
    """What a clerk may change: facts, and who has the claim."""

    owner: Word | None = None


class ClaimIn(ClaimFacts):
    """A claim reported to a clerk; nothing is mandatory, since a claim is never refused."""

    conversation: RowId | None = None
    external_ref: Code | None = None


def register(uow: UnitOfWork, desk: Desk) -> Register:
    """Return the register, writing in the caller's name."""
    parts = desk.parts
    return Register(uow, parts.cipher, parts.settings, desk.now, desk.caller.actor)


def open_claim(uow: UnitOfWork, desk: Desk, said: ClaimIn) -> Claim:
    """Record a claim with what is known; a number another system knows is used once."""
    _check(desk, said)
    history.check_conversation(uow, said.conversation)
    if said.external_ref and (known := _by_reference(uow, said.external_ref)):
        detail = (
            f"external_ref {said.external_ref} 已登记为报案 {known.number}，请改用 PATCH 更正。"
        )
        raise Problem("conflict", detail)
    return register(uow, desk).open(said.facts(), said.conversation, said.external_ref)


def _by_reference(uow: UnitOfWork, reference: str) -> Claim | None:
    return uow.session.scalar(select(Claim).where(Claim.external_ref == reference))


def amend_claim(uow: UnitOfWork, desk: Desk, number: str, said: ClaimPatch) -> Claim:
    """Change facts or the owner; the old values stay in the history."""
    _check(desk, said)
    book, claim = register(uow, desk), locked(uow, number)
    if said.owner and said.owner != claim.owner:
        book.note(claim, "owner", {"before": claim.owner, "after": said.owner})
        claim.owner = said.owner
        book.changed(claim, "claim.owner_changed", {})
    book.amend(claim, said.facts())
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
