"""What the machine tells this person's role: the daily digest, warnings, what waits."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from bot.console.pages import show
from bot.console.parts import Room, may
from storage.rules.ticket_kinds import LEADS
from storage.staff_notices import newest

router = APIRouter(prefix="/console/notices")
Reader = Annotated[Room, Depends(may("staff-notices", "read"))]


@router.get("")
def page(request: Request, here: Reader) -> Response:
    """Show the newest notices; leads see those of every role."""
    role = here.staff.role
    roles = () if role in LEADS else (role,)
    return show(request, "notices.html", notices=here.read(lambda uow: newest(uow, roles)))
