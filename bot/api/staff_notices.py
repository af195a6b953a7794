"""/v1/staff-notices: what the machine tells staff: the digest, warnings, what waits."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.responses import Response

from bot.api.desk import Desk, Shown, may
from storage.rules.ticket_kinds import LEADS
from storage.staff_notices import newest
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/staff-notices", tags=["staff-notices 员工通知"])


class NoticeView(BaseModel):
    """One notice: numbers of cases and counts, nobody's personal data."""

    kind: str
    role: str
    title: str
    lines: list[str]
    at: datetime


class Notices(BaseModel):
    """The newest notices for the caller's role."""

    items: list[NoticeView]


@router.get("", summary="给自己岗位的通知，新的在前", response_model=Notices)
def list_notices(
    desk: Annotated[Desk, Depends(may("staff-notices", "read"))],
    kind: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Return them; leads see those of every role."""
    role = desk.caller.role
    roles = () if role in LEADS else (role,)

    def read(uow: UnitOfWork) -> Shown:
        rows = [
            NoticeView(kind=n.kind, role=n.role, title=n.title, lines=n.lines, at=n.at)
            for n in newest(uow, roles, kind, limit)
        ]
        return Shown(Notices(items=rows))

    return desk.show(read)
