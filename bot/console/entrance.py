"""Log in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.console.accounts import Entry, admit, hash_of, right_password
from bot.console.forms import csrf_checked
from bot.console.gate import COOKIE, STAFF
from bot.console.menu import menu_of
from bot.console.pages import show
from bot.console.parts import Parts, Room, room
from bot.permissions import SERVES
from storage.unit_of_work import UnitOfWork

router = APIRouter()
_WRONG = (
    "账号、密码或动态口令不对，或者账号暂时锁住了。多次不对会锁 {minutes} 分钟；忘了请找管理员。"
)
_LONGEST = 200


@router.get("/console/login")
def login_page(request: Request) -> Response:
    """Show the door, or go in when the person is known."""
    if request.scope.get(STAFF):
        return RedirectResponse("/console", 303)
    return show(request, "login.html", problem="")


@router.post("/console/login")
async def log_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
) -> Response:
    """Let somebody in with a fresh cookie; whatever cookie came along ends."""
    parts: Parts = request.app.state.parts
    entry = Entry(name.strip()[:_LONGEST], password[:_LONGEST], code.strip()[:10])
    cookie = await run_in_threadpool(_enter, parts, entry, request)
    if cookie is None:
        problem = _WRONG.format(minutes=parts.settings.console.lock_minutes)
        return show(request, "login.html", 401, problem=problem)
    response = RedirectResponse("/console", 303)
    response.set_cookie(
        COOKIE,
        cookie,
        path="/console",
        httponly=True,
        samesite="strict",
        secure=parts.settings.public_url.startswith("https:"),
        max_age=parts.settings.console.longest_hours * 3600,
    )
    return response


def _enter(parts: Parts, entry: Entry, request: Request) -> str | None:
    now, rules = parts.clock(), parts.settings.console
    stored = parts.transactions.read(lambda uow: hash_of(uow, entry.name))
    fits = right_password(stored, entry.password)
    before = request.scope.get(STAFF)

    def enter(uow: UnitOfWork) -> str | None:
        user = admit(uow, entry, rules, now, fits=fits)
        if user is None:
            return None
        if before:
            uow.console_sessions.end(before.token_hash, now)
        return uow.console_sessions.begin(user, now)

    return parts.transactions.run(enter)


@router.post("/console/logout", dependencies=[Depends(csrf_checked)])
def log_out(here: Annotated[Room, Depends(room)]) -> Response:
    """End the log-in for good, and go off duty."""
    staff, now = here.staff, here.now

    def leave(uow: UnitOfWork) -> None:
        uow.console_sessions.end(staff.token_hash, now)
        uow.floor.set_state(staff.name, "offline", "退出登录", now)

    here.change(leave)
    response = RedirectResponse("/console/login", 303)
    response.delete_cookie(COOKIE, path="/console")
    # The browser forgets what it kept of these pages.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.get("/console/me")
def me(here: Annotated[Room, Depends(room)]) -> Response:
    """Tell the page's script who is logged in, and the token that forms carry."""
    staff = here.staff
    return JSONResponse({"name": staff.name, "role": staff.role, "csrf": staff.csrf})


@router.get("/console")
def home(here: Annotated[Room, Depends(room)], request: Request) -> Response:
    """Go to the first page that this role may open; who has one trade, to its board."""
    role = here.staff.role
    pages = menu_of(role)
    if role in SERVES:
        pages = [page for page in pages if page.resource != "desk"]
    if not pages:
        return show(request, "empty.html", title="控制台", words="您的角色还没有可用的页面。")
    return RedirectResponse(pages[0].path, 303)
