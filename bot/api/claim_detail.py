"""One claim with all that belongs to it, as far as the caller may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from bot.api import history
from bot.api.claim_views import (
    ClaimDetail,
    clock_view,
    document_view,
    for_full_eyes,
    photo_counts,
    values,
)
from bot.api.claim_writing import register
from bot.api.desk import Desk, Seen, Shown
from bot.api.problems import missing
from storage.models.case import Claim
from storage.rules.claim_states import machine
from storage.unit_of_work import UnitOfWork


def detail(uow: UnitOfWork, desk: Desk, claim: Claim) -> ClaimDetail:
    """Return a claim with history, documents, clocks, and where it may go."""
    uow.session.flush()
    full = desk.caller.may("claims", "full")
    book = register(uow, desk)
    photos = photo_counts(uow.session, [claim.number]).get(claim.number, 0)
    shown: dict[str, Any] = {
        **values(claim, photos, full=full),
        "history": history.history(uow.session, claim.number, full=full),
        "documents": list(map(document_view, book.documents.of(claim.number))),
        "clocks": list(map(clock_view, book.clocks(claim))),
        "lacking": book.lacking(claim),
        "asked_for": book.asked_for(claim),
        "next": machine().next(claim.status, book.came_from(claim)),
    }
    if full:
        shown |= for_full_eyes(claim)
    if claim.signals and desk.caller.may("claims", "signals"):
        shown["signals"] = claim.signals
    return ClaimDetail.model_validate(shown)


def seen(claim: Claim) -> Seen:
    """Return what the access log says about showing this claim."""
    return Seen(f"claim {claim.number}", conversation_id=claim.conversation_id)


def show(
    desk: Desk, number: str, reason: str | None, body: Callable[[UnitOfWork, Claim], BaseModel]
) -> Response:
    """Show something of one claim and record that it was seen."""

    def read(uow: UnitOfWork) -> Shown:
        if (claim := uow.cases.claim(number)) is None:
            raise missing(f"报案 {number}")
        return Shown(body(uow, claim), (seen(claim),))

    return desk.show(read, reason)
