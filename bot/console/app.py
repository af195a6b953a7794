"""The console as an ASGI application below ``/console``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from bot.console import (
    answers,
    applications,
    audit,
    campaigns,
    canned,
    claims,
    complaint_work,
    complaints,
    customers,
    draft_form,
    drafts,
    entrance,
    floor,
    inbox,
    inbox_list,
    intake,
    joining,
    notices,
    photos,
    quality_desks,
    rights,
    search,
    services,
    tag_words,
    tags,
    tickets,
    together,
    wrap_up,
    wrap_words,
)
from bot.console.forms import csrf_checked, what_is_wrong
from bot.console.gate import Gate
from bot.console.pages import show
from bot.console.parts import Parts
from bot.console.presses import PressedBefore, pressed_before
from bot.errors import NotAllowed, Refused

log = structlog.get_logger()
_STATIC = Path(__file__).parent / "static"
# Every form on these pages is checked; a new page is one line here.
DESKS: Sequence[APIRouter] = (
    inbox.router,
    inbox_list.router,
    claims.router,
    complaints.router,
    complaint_work.router,
    tickets.router,
    services.router,
    applications.router,
    customers.router,
    joining.router,
    rights.router,
    intake.router,
    floor.router,
    campaigns.router,
    audit.router,
    notices.router,
    photos.router,
    *quality_desks.ROUTERS,
    search.router,
    together.router,
    wrap_up.router,
    answers.router,
    tags.router,
    draft_form.router,
    drafts.router,
)


def console_app(parts: Parts) -> ASGIApp:
    """Return the application behind its gate."""
    tag_words.words()
    wrap_words.lists()
    canned.replies()  # a mistake in it stops the start, not an agent
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.parts = parts
    app.router.routes.append(Mount("/console/static", _Files(directory=_STATIC)))
    app.include_router(entrance.router)
    for desk in DESKS:
        app.include_router(desk, dependencies=[Depends(_posted)])
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(PressedBefore, pressed_before)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _missing)
    app.add_exception_handler(OverflowError, _no_such_number)
    app.add_exception_handler(DataError, _no_such_number)
    app.add_exception_handler(Exception, _broken)
    return Gate(app, parts.transactions, parts.settings, parts.clock)


async def _posted(request: Request) -> None:
    if request.method not in ("GET", "HEAD"):
        await csrf_checked(request)


class _Files(StaticFiles):
    """Static files that browsers ask about again after an update."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or 304 when the browser's copy is current."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _problem(request: Request, status: int, words: str) -> Response:
    """Say what is wrong: as a notice to a fragment, as a page to a page."""
    template = "notice.html" if request.headers.get("hx-request") else "problem.html"
    return show(request, template, status, words=words)


async def _not_allowed(request: Request, error: Exception) -> Response:
    return _problem(request, 403, str(error))


async def _refused(request: Request, error: Exception) -> Response:
    return _problem(request, 409, str(error))


async def _unreadable(request: Request, error: Exception) -> Response:
    words = what_is_wrong(error) if isinstance(error, RequestValidationError) else ""
    return _problem(request, 422, words or "有一项没填对，请检查以后再提交。")


async def _no_such_number(request: Request, _: Exception) -> Response:
    """A number that no database can hold is nobody's."""
    return _problem(request, 404, "没有这个编号，可能已经删除，或者地址不对。")


async def _missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    words = "没有这个页面，可能已经删除，或者地址不对。" if status == 404 else "这个操作不支持。"
    return _problem(request, status, words)


async def _broken(request: Request, error: Exception) -> Response:
    log.error("console.broke", path=request.url.path, exc_info=error)
    return _problem(request, 500, "系统出了点问题，刚才的操作没有生效，请再试一次。")
