"""Every form of the console carries the token of its log-in."""

from __future__ import annotations

from fastapi import Request
from fastapi.exceptions import RequestValidationError

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


def what_is_wrong(error: RequestValidationError) -> str:
    """Return what is wrong with a form, as far as its sender can put it right; '' when unknown."""
    first = error.errors()[0]
    kind, most = str(first.get("type")), first.get("ctx", {}).get("max_length")
    if kind == "string_too_long" and most:
        written = len(str(first.get("input", "")))
        return f"写得太长了：最多 {most} 字，现在是 {written} 字，请分几条写。"
    if kind == "missing":
        return "有一项还没有填，请填好再提交。"
    if first.get("loc", ("",))[0] == "path":
        return "没有这个编号，可能已经删除，或者地址不对。"
    return ""
