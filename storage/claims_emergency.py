"""Somebody turns out to be hurt after the report: as urgent as if it had been said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage.rules.claim_clocks import HURT

if TYPE_CHECKING:
    from storage.claims_register import Register
    from storage.models.case import Claim

_WHY: Final = "{number} 更正为有人受伤，马上联系客户"


def begins(book: Register, claim: Claim) -> None:
    """Start the clock of an emergency from now, and call the desk; a claim is that once."""
    book.note(claim, HURT, {})
    if claim.status not in book.machine.over:
        minutes = book.settings.deadlines.injury_contact_minutes
        claim.next_step = f"理赔人员在 {minutes} 分钟内与您联系"
    data = {"level": "P0", "why": _WHY.format(number=claim.number), "handoff": claim.number}
    book.uow.ownership.tell("alarm", claim.conversation_id, None, book.now, data)
