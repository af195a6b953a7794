"""Drafts of replies: every browser of one agent writes on the same text, none over another's."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from bot.console import reach
from bot.console.parts import Room, may
from storage.drafts import Draft, Drafts
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/c/{number}/draft")
Here = Annotated[Room, Depends(may("desk", "read"))]
Number = Annotated[int, Path(ge=1)]
TAB = r"^[\w-]{0,64}$"


class Written(BaseModel):
    """A text, the revision its page saw last, and the page."""

    text: str = Field("", max_length=2_000)
    seen: int | None = None
    tab: str = Field("", pattern=TAB)
    csrf: str = ""


@router.get("")
def draft(here: Here, number: Number) -> Response:
    """Return what was begun here, wherever it was written."""

    def read(uow: UnitOfWork) -> Draft:
        reach.check(uow, here, number)
        return Drafts(uow.connection).of(number, here.staff.name)

    return _told(here.read(read))


@router.post("")
def keep(here: Here, number: Number, written: Annotated[Written, Form()]) -> Response:
    """Keep what is being written; 409 and the newer text when another browser was faster."""
    new = Draft(written.text, 0, written.tab)

    def work(uow: UnitOfWork) -> tuple[bool, Draft]:
        reach.check(uow, here, number)
        drafts = Drafts(uow.connection)
        kept = drafts.keep(number, here.staff.name, new, written.seen, here.now)
        return kept, drafts.of(number, here.staff.name)

    # Nothing leaves us: the outbox need not look.
    kept, found = here.parts.transactions.run(work)
    here.parts.news.ring()
    return _told(found, 200 if kept else 409)


def _told(draft: Draft, status: int = 200) -> Response:
    return JSONResponse({"text": draft.text, "rev": draft.rev, "tab": draft.tab}, status)
