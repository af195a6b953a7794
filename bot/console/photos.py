"""Photos of customers: shown to whoever may see the case, as an image and nothing else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from bot.console.parts import Room, room
from bot.console.reach import within_reach
from bot.errors import NotAllowed, Refused
from bot.media import stored
from bot.permissions import Action
from storage import complaint_parties
from storage.models.outbox import Media
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/media")
_RESOURCES = {"CL": "claims", "CP": "complaints", "AP": "applications"}
_HEADERS = {
    # Even a file that pretends to be a page can do nothing.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
}


@router.get("/{number}")
def photo(here: Annotated[Room, Depends(room)], number: Annotated[int, Path(ge=1)]) -> Response:
    """Return the bytes of a photo; who looked is written down."""
    media = here.read(lambda uow: _visible(uow, here, number))
    found = stored(here.parts.settings.media_dir, media.path or "")
    if found is None:
        raise Refused("这张照片还没有取到，或者已经清理。")
    here.saw(f"photo {number} of {media.case_number or 'a conversation'}", "控制台查看照片",
             media.conversation_id)  # fmt: skip
    return Response(found[0], media_type=found[1], headers=_HEADERS)


def _visible(uow: UnitOfWork, here: Room, number: int) -> Media:
    media = uow.session.get(Media, number)
    if media is None:
        raise Refused("没有这张照片。")
    case = media.case_number or ""
    if not (here.may("handoffs", "read") or _by_case(uow, here, case) or _served(uow, here, media)):
        raise NotAllowed("您的角色不能看这张照片。")
    if complaint_parties.is_against(uow.session, here.parts.cipher, case, here.staff.name):
        raise Refused("没有这张照片。")
    return media


def _served(uow: UnitOfWork, here: Room, media: Media) -> bool:
    """Whoever serves the customer sees what the customer sent."""
    row = uow.inbox.conversation(media.conversation_id) if media.conversation_id else None
    return row is not None and here.may("desk", "read") and within_reach(uow, here, row)


def _by_case(uow: UnitOfWork, here: Room, case: str) -> bool:
    resource = _RESOURCES.get(case[:2], "endorsements" if case else "")
    action: Action = "read" if resource == "complaints" else "full"
    return bool(resource) and here.may(resource, action)
