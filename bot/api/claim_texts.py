"""/v1/claims/{number}/texts/…: letters and notices, filled in from the claim."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.responses import Response

from bot.api.claim_detail import show
from bot.api.claim_writing import register
from bot.api.desk import Desk, may
from bot.api.fields import OneQuery, PathNumber
from storage import claims_letters
from storage.models.case import Claim
from storage.rules import claim_texts
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/claims", tags=["claims 理赔"])
TextCode = Literal[
    "refusal", "supplement", "application",
    "C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "C09", "C10",
]  # fmt: skip


class TextView(BaseModel):
    """A letter or a notice; what the claim does not say is marked as to be filled in."""

    claim: str
    code: str
    title: str
    text: str


@router.get("/{number}/texts/{code}", summary="通知与文书", response_model=TextView)
def get_text(
    number: PathNumber,
    code: TextCode,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("claims", "full"))],
) -> Response:
    """Return a letter (refusal, supplement, application) or a notice (C01 to C10)."""

    def written(uow: UnitOfWork, claim: Claim) -> TextView:
        write = claims_letters.letter if code in claim_texts.LETTERS else claims_letters.notice
        title, text = write(register(uow, desk), claim, code)
        return TextView(claim=number, code=code, title=title, text=text)

    return show(desk, number, query.reason, written)
