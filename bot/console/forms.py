"""Every form of the console carries the token of its log-in."""

from __future__ import annotations

from fastapi import Request

from bot.console.gate import STAFF, Staff, right_csrf
from bot.errors import NotAllowed

HEADER, FIELD = "x-csrf-token", "csrf"
_OLD = "页面放得太久了，请刷新以后再试，写的内容还在草稿里。"


async def csrf_checked(request: Request) -> None:
    """Refuse a form without the right token; raise NotAllowed."""
    staff: Staff | None = request.scope.get(STAFF)
    given = request.headers.get(HEADER) or str((await request.form()).get(FIELD, ""))
    if staff is None or not right_csrf(staff, given):
        raise NotAllowed(_OLD)
